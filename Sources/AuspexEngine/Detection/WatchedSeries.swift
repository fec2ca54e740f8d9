package import AuspexDetection
import AuspexRules
package import AuspexSignals

/// One series under watch: its detector's state and what was last said of it.
package struct WatchedSeries: Sendable {
    /// Which series.
    package let labels: Labels
    /// How many bytes it is charged.
    private(set) var bytes: Int
    /// Whether its detector is the light form because memory was short.
    package private(set) var isLight: Bool
    /// Detector and calibration.
    package private(set) var stream: CalibratedStream
    /// What is known of its future; nil unless a rule asks for that.
    private(set) var forecaster: SeriesForecaster?
    /// The newest reading of a sample that was in order; nil before the first.
    package private(set) var latest: Reading?
    /// The window of a change in which that reading was made; nil when none was open.
    package private(set) var deployWindow: DeployWindow?
    /// How many samples have been learned or counted as missing, late ones excluded.
    package private(set) var samples: Int
    /// Whether its source said that it ended, or it is overdue, and nothing has come since.
    package private(set) var hasEnded = false

    /// Its last minutes.
    private(set) var minutes = MinuteHistory()

    /// When something last came for it, by the wall clock: the samples' own times may be those of a backfill. Not part of
    /// the snapshot.
    var heardAt = Timestamp(milliseconds: 0)

    /// How far apart its samples are.
    private var arrivals = ArrivalIntervals()
    /// How old samples are by the wall clock when they come: little with a source that sends them one by one, much with one
    /// that sends many at once, and with a backfill.
    private var delay = TimeSpan.zero

    /// What its α follows from; nil for the usual one.
    private var budget: AlertAllowance?

    /// A series that has seen nothing; nil when there is no room for it.
    init?(labels: Labels, room: inout SeriesRoom, _ terms: SeriesTerms) {
        guard let place = room.admit(labels, full: terms.full, light: terms.light) else { return nil }
        self.labels = labels
        bytes = place.bytes
        isLight = place.isLight
        stream = place.form.stream
        samples = 0
    }

    /// What a sample did.
    enum Effect {
        /// It was scored; with answers to what rules ask of the series' future.
        case reading(Reading, forecasts: ForecastAnswers?)
        /// It ended the series.
        case ended(at: Timestamp)
        /// It was not later than the one before it and changed nothing.
        case ignored
    }

    /// Takes one sample.
    ///
    /// - Parameters:
    ///   - terms: What holds for every series alike.
    ///   - windows: Those of the changes that concern this one.
    ///   - questions: What rules ask of the series' future; without any, no forecaster is kept.
    mutating func update(
        _ sample: Sample, _ terms: SeriesTerms, windows: [DeployWindows.Window], questions: Set<ForecastQuestion>
    ) -> Effect {
        if sample.isStale {
            guard !hasEnded, latest.map({ sample.time > $0.time }) ?? true else { return .ignored }
            hasEnded = true
            return .ended(at: sample.time)
        }
        let window = windows.end(at: sample.time).map { DeployWindow(policy: terms.deployWindow.effect, until: $0) }
        if terms.deployWindow.effect == .rebaseline, window == nil, let last = latest?.time,
            windows.hasEnd(after: last, through: sample.time)
        {
            beginAnew(terms)
        }
        let late = stream.lateSamples
        var reading = stream.update(time: sample.time, value: sample.value)
        guard stream.lateSamples == late else { return .ignored }
        if hasEnded { arrivals.resume(at: sample.time) } else { arrivals.arrive(at: sample.time) }
        hasEnded = false
        samples += 1
        minutes.take(sample.value, expected: reading.expectation?.value, at: sample.time)
        keep(to: terms.budget)
        // What the window does comes last, so that no state depends on it.
        if window != nil { terms.deployWindow.adjust(&reading) }
        deployWindow = window
        latest = reading
        guard !questions.isEmpty else {
            forecaster = nil
            return .reading(reading, forecasts: nil)
        }
        var forecaster = forecaster ?? SeriesForecaster()
        self.forecaster = nil
        forecaster.update(time: sample.time, value: sample.value)
        self.forecaster = forecaster
        return .reading(reading, forecasts: forecaster.answers(to: questions))
    }

    /// Begins anew unless its detector is one by which series are watched.
    ///
    /// - Returns: false when there is no room for it as it is to be watched.
    mutating func adopt(_ terms: SeriesTerms, room: () -> SeriesRoom) -> Bool {
        let forms = [terms.full, terms.light].compactMap(\.self)
        guard !forms.contains(where: { $0.stream.specification == stream.specification }) else { return true }
        var room = room()
        guard let place = room.admit(labels, full: terms.full, light: terms.light) else { return false }
        isLight = place.isLight
        beginAnew(terms)
        return true
    }

    /// Keeps the newest reading as it was judged beside those of other series.
    mutating func amend(_ reading: Reading) {
        if latest?.time == reading.time { latest = reading }
    }

    /// Forgets what is usual. How far apart samples are is not that.
    private mutating func beginAnew(_ terms: SeriesTerms) {
        let form = isLight ? terms.light ?? terms.full : terms.full
        stream = form.stream
        bytes = form.bytes(with: labels)
        budget = nil
    }

    /// After so many samples the usual step between them is taken for known. No detector and its calibration have warmed up
    /// by then, so that no reading was made at another α.
    static let samplesBeforeBudget = StreamingCalibrator.warmUp / 2

    /// Lets α follow from the allowance as soon as the usual step is known, and again when the allowance is another.
    private mutating func keep(to budget: AlertAllowance?) {
        guard budget != self.budget, samples >= Self.samplesBeforeBudget, let step = arrivals.usual else { return }
        stream.keep(to: budget, step: step)
        self.budget = budget
    }

    /// Share of the longest delay of late that counts still after another delivery.
    private static let delayMemory = 0.9

    /// Takes note that a delivery came at `now`, of which the first sample has the time `first`.
    mutating func hear(_ first: Timestamp?, now: Timestamp) {
        heardAt = now
        guard let first else { return }
        let remembered = TimeSpan(milliseconds: Int64(Double(delay.milliseconds) * Self.delayMemory))
        delay = max(.zero, now - first, remembered)
    }

    /// Since when nothing is waited for any more: nil while the next sample may yet come, and after an end.
    ///
    /// A series is silent when its next sample is overdue both by the time of events and by the wall clock: by the one alone
    /// it would be while other series run ahead or a backfill is under way, by the other alone when the clock is all that
    /// goes on. Of the wall clock's time the usual delay of deliveries does not count.
    ///
    /// - Parameters:
    ///   - horizon: up to where all events may be taken to have come.
    ///   - now: the time by the wall clock.
    func silentSince(horizon: Timestamp, now: Timestamp) -> Timestamp? {
        guard !hasEnded, let last = arrivals.last else { return nil }
        let moment = min(horizon, last + max(.zero, now - (heardAt + delay)))
        guard let silence = arrivals.silence(now: moment), silence.score >= ArrivalIntervals.silent else { return nil }
        return arrivals.deadline
    }

    /// Ends it because it is silent.
    mutating func fallSilent() {
        hasEnded = true
    }
}

extension WatchedSeries {
    private static let snapshotKind = "watched-series"
    private static let snapshotVersion = 6

    /// The state as bytes with a format version.
    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(labels)
        writer.write(bytes)
        writer.write(isLight)
        writer.write(stream.snapshot())
        writer.write(samples)
        writer.write(hasEnded)
        arrivals.write(to: &writer)
        writer.write(Int(delay.milliseconds))
        writer.write(budget?.description ?? "")
        writer.write(latest != nil)
        if let latest { writer.write(latest) }
        writer.write(deployWindow?.policy.rawValue ?? "")
        writer.write(Int(deployWindow?.until.milliseconds ?? 0))
        writer.write(forecaster != nil)
        if let forecaster { writer.write(forecaster.snapshot()) }
        minutes.write(to: &writer)
        return writer.finished()
    }

    /// Continues from bytes.
    init(restoring bytes: [UInt8], registry: DetectorRegistry) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        labels = try reader.readLabels()
        self.bytes = try reader.readInteger(in: 0...Int.max / 2)
        isLight = try reader.readBool()
        stream = try CalibratedStream(restoring: reader.readBytes(), registry: registry)
        samples = try reader.readInteger(in: 0...Int.max)
        hasEnded = try reader.readBool()
        arrivals = try ArrivalIntervals(from: &reader)
        delay = TimeSpan(milliseconds: Int64(try reader.readInteger(in: 0...Int.max)))
        budget = AlertAllowance(try reader.readString())
        latest = try reader.readBool() ? reader.readReading() : nil
        let policy = DeployWindowPolicy.Effect(rawValue: try reader.readString())
        let until = Timestamp(milliseconds: Int64(try reader.readInteger()))
        deployWindow = policy.map { DeployWindow(policy: $0, until: until) }
        if try reader.readBool() {
            forecaster = try SeriesForecaster(restoring: reader.readBytes())
        }
        minutes = try MinuteHistory(from: &reader)
        try reader.finish()
    }
}

extension SnapshotWriter {
    mutating func write(_ labels: Labels) {
        write(labels.pairs.count)
        for pair in labels.pairs {
            write(pair.name)
            write(pair.value)
        }
    }

    mutating func write(_ reading: Reading) {
        write(Int(reading.time.milliseconds))
        write(reading.value)
        write(reading.rawScore)
        write(reading.pValue)
        write(reading.anomalyScore)
        write(reading.strangeness)
        write(reading.expectation != nil)
        if let expectation = reading.expectation {
            write(expectation.value)
            write(expectation.lower)
            write(expectation.upper)
        }
        switch reading.readiness {
        case .ready: write(0)
        case .missing: write(1)
        case .warmingUp(let seen, let needed):
            write(2)
            write(seen)
            write(needed)
        }
        write(reading.reason ?? "")
    }
}

extension SnapshotReader {
    mutating func readLabels() throws(DetectorError) -> Labels {
        var pairs: [Labels.Pair] = []
        for _ in 0..<(try readInteger(in: 0...Self.mostSamples)) {
            let name = try readString()
            pairs.append(Labels.Pair(name: name, value: try readString()))
        }
        return Labels(pairs: pairs)
    }

    mutating func readReading() throws(DetectorError) -> Reading {
        let time = Timestamp(milliseconds: Int64(try readInteger()))
        var reading = Reading(time: time, value: try readDouble())
        reading.rawScore = try readDouble()
        reading.pValue = try readDouble()
        reading.anomalyScore = try readDouble()
        reading.strangeness = try readDouble()
        if try readBool() {
            let (value, lower, upper) = (try readDouble(), try readDouble(), try readDouble())
            reading.expectation = Expectation(value: value, lower: lower, upper: upper)
        }
        switch try readInteger(in: 0...2) {
        case 0: reading.readiness = .ready
        case 1: reading.readiness = .missing
        default: reading.readiness = .warmingUp(seen: try readInteger(), needed: try readInteger())
        }
        let reason = try readString()
        reading.reason = reason.isEmpty ? nil : reason
        return reading
    }
}
