package import AuspexSignals

/// Keeps book of the alerts that other systems send, and turns what they say into facts: one when an alert begins, one
/// when it is over, none for saying the same again.
///
/// Senders repeat an alert as long as it lasts, may go away without saying that it is over, come in twos that say the
/// same a little differently, and deliver late. So every alert has an end at which it is over unless it is heard of
/// again, and the news of one alert are merged as an Alertmanager merges them: of two ends yet to come a named one that
/// is later stays; an end that has passed is the end. Unlike there, an end before the beginning, or no later than an
/// end known already, says nothing of an alert that fires: it is that of a former time.
///
/// The facts of one alert come in order of time, as ``RuleEngine`` needs them, as long as it is remembered. A value
/// without a clock: the same calls give the same facts. What happens to one alert costs the logarithm of their number.
package struct OutsideAlerts: Sendable {
    /// How much is remembered.
    package struct Limits: Hashable, Sendable, Codable {
        /// Alerts known at a time, those that are over and not yet forgotten among them. Those make room when there are
        /// too many; further ones are refused and counted.
        package var alerts: Int
        /// How long an alert is remembered that is over. An end that lies farther back is no news. A sender that was
        /// away for longer may come back with a beginning that lies before the end that was given out for it.
        package var memory: TimeSpan

        /// Creates limits.
        package init(alerts: Int = 100_000, memory: TimeSpan = .hours(24)) {
            self.alerts = alerts
            self.memory = memory
        }
    }

    /// What was not taken in.
    package struct Statistics: Hashable, Sendable, Codable {
        /// Alerts that began and were left out because too many are known. The same alert counts each time that it is
        /// sent.
        package var refused = 0
        /// Ends that were no news: of alerts that are not known, or of a former time of those that are.
        package var outdated = 0
    }

    /// How much is remembered. Lower limits take effect as alerts end and are forgotten.
    package var limits: Limits
    /// What was not taken in, since the beginning.
    package private(set) var statistics: Statistics
    private(set) var standings: [Labels: Standing] = [:]
    private var ends = DeadlineHeap()
    private var forgettings = DeadlineHeap()

    /// Starts with no alerts.
    package init(limits: Limits = Limits()) {
        self.init(limits: limits, statistics: Statistics(), standings: [:])
    }

    init(limits: Limits, statistics: Statistics, standings: [Labels: Standing]) {
        self.limits = limits
        self.statistics = statistics
        self.standings = standings
        remakeEnds()
        remakeForgettings()
    }

    // MARK: Looking

    /// How many alerts are known, those that are over and not yet forgotten among them.
    package var count: Int { standings.count }

    /// The alerts that fire, in order of their labels. Linear in those that are known.
    package var firing: [OutsideAlert] {
        let firing = standings.compactMap { labels, standing in
            standing.episode.map { OutsideAlert(labels, .firing, at: $0.since) }
        }
        return Self.inOrder(firing, of: \.labels)
    }

    /// The elements in the order of what their labels look like, which is worked out once for each.
    static func inOrder<Element>(_ elements: [Element], of labels: (Element) -> Labels) -> [Element] {
        let named = elements.map { (name: labels($0).description, element: $0) }
        return named.sorted { $0.name < $1.name }.map(\.element)
    }

    // MARK: News and time

    /// Takes in what a request brought.
    ///
    /// - Parameters:
    ///   - alerts: The alerts, in the order of the request.
    ///   - now: When it came.
    /// - Returns: The facts that follow: first of alerts whose end has passed, in order of their ends, then those of
    ///   `alerts`.
    package mutating func receive(_ alerts: [ReceivedAlert], at now: Timestamp) -> [Fact] {
        advance(to: now) + alerts.compactMap { receive($0, at: now).map { .alert($0) } }
    }

    /// Lets time pass: alerts whose end has come are over.
    ///
    /// - Returns: The facts that follow, in order of their times.
    package mutating func advance(to now: Timestamp) -> [Fact] {
        var facts: [Fact] = []
        while let (labels, time) = ends.pop(upTo: now) {
            guard let episode = standings[labels]?.episode else { continue }
            if episode.endsAt > time {
                ends.insert(labels, at: episode.endsAt)
            } else {
                var alert = end(labels, episode, at: episode.endsAt)
                alert.isUnheardOf = true
                facts.append(.alert(alert))
            }
        }
        while let (labels, time) = forgettings.pop(upTo: now - limits.memory) {
            if standings[labels] == .over(at: time) { standings[labels] = nil }
        }
        return facts
    }

    /// Gives the alerts that fire the time to be heard of again, after one in which nobody listened.
    ///
    /// - Parameter grace: How long; as a rule that after which senders' alerts are taken to be over.
    package mutating func resume(at now: Timestamp, grace: TimeSpan = .minutes(5)) {
        standings = standings.mapValues { standing in
            guard case .firing(var episode) = standing else { return standing }
            episode.endsAt = max(episode.endsAt, now + grace)
            return .firing(episode)
        }
        remakeEnds()
    }

    private mutating func receive(_ alert: ReceivedAlert, at now: Timestamp) -> OutsideAlert? {
        let isOver = alert.endsAt <= now
        switch standings[alert.labels] {
        case nil where isOver:
            note(endOf: alert, now)
            return nil
        case nil:
            guard makeRoom() else {
                statistics.refused += 1
                return nil
            }
            return begin(alert, after: nil, now)
        case .over(let end) where isOver:
            if alert.endsAt > end { setOver(alert.labels, at: alert.endsAt) } else { statistics.outdated += 1 }
            return nil
        case .over(let end):
            return begin(alert, after: end, now)
        case .firing(let episode) where isOver:
            guard episode.isEnded(by: alert.endsAt) else {
                statistics.outdated += 1
                return nil
            }
            return end(alert.labels, episode, at: alert.endsAt)
        case .firing(let episode):
            go(on: episode, alert)
            return nil
        }
    }

    // MARK: Steps

    private mutating func begin(_ alert: ReceivedAlert, after end: Timestamp?, _ now: Timestamp) -> OutsideAlert {
        let start = min(alert.startsAt, now)
        let episode = Episode(
            startsAt: alert.startsAt, since: max(start, end ?? start), after: end, endsAt: alert.endsAt,
            isEndAssumed: alert.isEndAssumed)
        standings[alert.labels] = .firing(episode)
        ends.insert(alert.labels, at: episode.endsAt)
        boundEnds()
        return OutsideAlert(alert.labels, .firing, at: episode.since)
    }

    private mutating func go(on episode: Episode, _ alert: ReceivedAlert) {
        let merged = episode.merged(with: alert)
        standings[alert.labels] = .firing(merged)
        // A later end is looked up when the earlier one comes.
        guard merged.endsAt < episode.endsAt else { return }
        ends.insert(alert.labels, at: merged.endsAt)
        boundEnds()
    }

    private mutating func end(_ labels: Labels, _ episode: Episode, at time: Timestamp) -> OutsideAlert {
        // An earlier time than that of the beginning would be no news to whoever has heard of the beginning.
        let end = max(time, episode.since)
        setOver(labels, at: end)
        return OutsideAlert(labels, .resolved, at: end)
    }

    /// Notes the end of an alert that is not known, so that an earlier beginning that comes late is put after it.
    private mutating func note(endOf alert: ReceivedAlert, _ now: Timestamp) {
        statistics.outdated += 1
        guard alert.endsAt > now - limits.memory, standings.count < limits.alerts else { return }
        setOver(alert.labels, at: alert.endsAt)
    }

    private mutating func setOver(_ labels: Labels, at end: Timestamp) {
        standings[labels] = .over(at: end)
        forgettings.insert(labels, at: end)
        if forgettings.isBloated(for: standings.count) { remakeForgettings() }
    }

    /// Whether there is room for one more, if need be that of the alert that was over first.
    private mutating func makeRoom() -> Bool {
        while standings.count >= limits.alerts {
            guard let (labels, time) = forgettings.pop(upTo: Timestamp(milliseconds: .max)) else { return false }
            if standings[labels] == .over(at: time) { standings[labels] = nil }
        }
        return true
    }

    // MARK: Deadlines

    private mutating func boundEnds() {
        if ends.isBloated(for: standings.count) { remakeEnds() }
    }

    private mutating func remakeEnds() {
        ends = DeadlineHeap()
        for (labels, standing) in standings {
            if let episode = standing.episode { ends.insert(labels, at: episode.endsAt) }
        }
    }

    private mutating func remakeForgettings() {
        forgettings = DeadlineHeap()
        for (labels, standing) in standings {
            if case .over(let end) = standing { forgettings.insert(labels, at: end) }
        }
    }
}

extension OutsideAlert {
    /// An alert by its labels, of which name and severity are two.
    fileprivate init(_ labels: Labels, _ state: State, at time: Timestamp) {
        self.init(
            name: labels[ReceivedAlert.nameLabel] ?? "", labels: labels,
            severity: labels[ReceivedAlert.severityLabel] ?? "", state: state, time: time)
    }
}
