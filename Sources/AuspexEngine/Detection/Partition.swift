import AuspexDetection
package import AuspexRules
package import AuspexSignals

/// What holds for every series alike.
struct SeriesTerms: Sendable {
    /// In which form a new series is watched.
    let full: SeriesForm
    /// In which one when memory is short; nil when there is no other.
    let light: SeriesForm?
    /// How many false alerts a series may have; nil for the usual rate.
    let budget: AlertAllowance?
    /// What changes do to scores.
    let deployWindow: DeployWindowPolicy
    /// The windows that changes have opened.
    var windows = DeployWindows()

    /// A group's own reading, with what the windows that are open at its time do to it.
    func inWindow(_ reading: Reading, of labels: Labels) -> Reading {
        guard windows.concerning(labels, by: deployWindow).end(at: reading.time) != nil else { return reading }
        var adjusted = reading
        deployWindow.adjust(&adjusted)
        return adjusted
    }
}

/// A share of the series with their detectors: worked on by one task at a time, beside the other partitions.
struct Partition: Sendable {
    /// The series by their labels; the hash is only used to share them out, so that two series never mix.
    private(set) var series: [Labels: WatchedSeries] = [:]
    /// What they come to.
    private(set) var tally = SeriesTally()
    /// The series whose state has changed since the last checkpoint.
    private(set) var changed: Set<Labels> = []
    /// Which of them belong to which service.
    private(set) var services = ServiceIndex()

    /// What one share of a batch led to.
    struct Outcome: Sendable {
        /// What the detectors said, by series in the order of the batch, each in ascending time.
        var observations: [MetricObservation] = []
        /// Samples that were late or duplicates.
        var ignored = 0
        /// New series for which there was no room.
        var refused = 0
    }

    /// Works a share in. `room` is how many new series may still be taken on; `now` when the share came; `forecasts` what
    /// rules ask of the future.
    mutating func process(
        _ share: [SeriesSamples], room: SeriesRoom, terms: SeriesTerms, forecasts: ForecastNeeds, now: Timestamp
    ) -> Outcome {
        var outcome = Outcome()
        var room = room
        for part in share {
            let known = series.removeValue(forKey: part.labels)
            if let known { tally.remove(known) }
            guard var watched = known ?? WatchedSeries(labels: part.labels, room: &room, terms) else {
                outcome.refused += 1
                continue
            }
            let windows = terms.windows.concerning(part.labels, by: terms.deployWindow)
            let questions = forecasts.questions(ofMetric: part.labels.name)
            for sample in part.samples {
                switch watched.update(sample, terms, windows: windows, questions: questions) {
                case .reading(let reading, let answers):
                    outcome.observations.append(.reading(labels: part.labels, reading, forecasts: answers))
                case .ended(let time): outcome.observations.append(.ended(labels: part.labels, at: time))
                case .ignored: outcome.ignored += 1
                }
            }
            watched.hear(part.samples.first?.time, now: now)
            tally.add(watched)
            services.change(part.labels, from: known?.level, to: watched.level)
            series[part.labels] = watched
            changed.insert(part.labels)
        }
        return outcome
    }

    /// Keeps a reading as it was judged beside those of other series.
    mutating func amend(_ labels: Labels, _ reading: Reading) {
        let level = series[labels]?.level
        series[labels]?.amend(reading)
        services.change(labels, from: level, to: series[labels]?.level)
    }

    /// Puts a series back that a checkpoint held.
    mutating func restore(_ watched: WatchedSeries) {
        let former = series.updateValue(watched, forKey: watched.labels)
        if let former { tally.remove(former) }
        tally.add(watched)
        services.change(watched.labels, from: former?.level, to: watched.level)
    }

    /// Ends the series of which the next sample is overdue, and says since when each is.
    mutating func takeSilent(horizon: Timestamp, now: Timestamp) -> [(labels: Labels, since: Timestamp)] {
        var silent: [(labels: Labels, since: Timestamp)] = []
        for (labels, watched) in series {
            if let since = watched.silentSince(horizon: horizon, now: now) { silent.append((labels, since)) }
        }
        for (labels, _) in silent {
            let level = series[labels]?.level
            series[labels]?.fallSilent()
            services.change(labels, from: level, to: series[labels]?.level)
            changed.insert(labels)
        }
        return silent
    }

    /// Forgets the series of which nothing has been heard since `moment`, and gives the texts under which they are stored.
    mutating func removeSilent(since moment: Timestamp) -> [String] {
        let silent = series.filter { $0.value.heardAt < moment }.keys
        for labels in silent {
            if let former = series.removeValue(forKey: labels) {
                tally.remove(former)
                services.change(labels, from: former.level, to: nil)
            }
            changed.remove(labels)
        }
        return silent.map(\.description)
    }

    /// The states that changed since this was last asked, by the text under which they are stored.
    mutating func takeChangedSnapshots() -> [String: [UInt8]] {
        defer { changed = [] }
        var snapshots: [String: [UInt8]] = [:]
        for labels in changed {
            if let watched = series[labels] { snapshots[labels.description] = watched.snapshot() }
        }
        return snapshots
    }
}

/// What detection has to say to the rules.
package enum MetricObservation: Hashable, Sendable {
    /// A sample was scored; with answers to what rules ask of the series' future.
    case reading(labels: Labels, Reading, forecasts: ForecastAnswers?)
    /// The series of a group were scored together.
    case group(labels: Labels, Reading)
    /// The source said that the series has ended.
    case ended(labels: Labels, at: Timestamp)

    /// Of which series.
    var labels: Labels {
        switch self {
        case .reading(let labels, _, _), .group(let labels, _), .ended(let labels, _): labels
        }
    }

    /// When.
    var time: Timestamp {
        switch self {
        case .reading(_, let reading, _), .group(_, let reading): reading.time
        case .ended(_, let time): time
        }
    }
}
