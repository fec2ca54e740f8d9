public import AuspexSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells when a log stream says something that it has never said before.
///
/// A line whose template is new is judged against how often new templates have come lately: the p-value is the chance
/// that the next line has a new template, estimated by the rule of succession over an exponentially fading window of
/// lines. In a stream that hardly ever has one, the first is an anomaly; in one that keeps inventing messages none is,
/// and of a burst of new messages, such as after a deployment, only the first few are. Each template is reported once,
/// however many lines it has.
///
/// Cost: constant per line. Memory: constant, but for the new templates that wait for
/// ``Configuration/minimumLines``, at most ``maximumCandidates``.
public struct NewTemplateDetector: Sendable, Equatable {
    /// When a new template counts.
    public struct Configuration: Hashable, Sendable, Codable {
        /// Lines in which everything may be new. 0 to 1,000,000,000.
        public var warmUpLines: Int
        /// Time, from the first line with a time on, in which everything may be new.
        public var warmUpTime: TimeSpan
        /// The share of lines that may have a new template without one being news: the false-alarm budget.
        /// Above 0, below 1; with less than 0.0007 and the default half-life no score ever reaches 1.
        public var alpha: Double
        /// Lines after which an old new template counts half. 1 to 1,000,000,000.
        public var halfLife: Int
        /// Lines that a new template must have within ``burstWindow`` before it is reported. 1 reports it at once.
        /// 1 to 1,000,000.
        public var minimumLines: Int
        /// The time within which these lines must come, where lines have times.
        public var burstWindow: TimeSpan
        /// A new template this severe or worse is reported at its first line, whatever ``minimumLines``.
        public var urgentSeverity: LogSeverity

        /// Creates a configuration.
        public init(
            warmUpLines: Int = 500, warmUpTime: TimeSpan = .zero, alpha: Double = 0.01, halfLife: Int = 1_000,
            minimumLines: Int = 1, burstWindow: TimeSpan = .seconds(30), urgentSeverity: LogSeverity = .error
        ) {
            self.warmUpLines = warmUpLines
            self.warmUpTime = warmUpTime
            self.alpha = alpha
            self.halfLife = halfLife
            self.minimumLines = minimumLines
            self.burstWindow = burstWindow
            self.urgentSeverity = urgentSeverity
        }

        /// Checks every setting against its range.
        func validate() throws(LogConfigurationError) {
            let counts: [(String, Int, ClosedRange<Int>)] = [
                ("warmUpLines", warmUpLines, 0...1_000_000_000), ("halfLife", halfLife, 1...1_000_000_000),
                ("minimumLines", minimumLines, 1...1_000_000),
            ]
            for (name, value, range) in counts where !range.contains(value) {
                throw LogConfigurationError(
                    option: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
            }
            guard alpha > 0, alpha < 1 else {
                throw LogConfigurationError(option: "alpha", value: "\(alpha)", allowed: "above 0 and below 1")
            }
            for (name, span) in [("warmUpTime", warmUpTime), ("burstWindow", burstWindow)] where span < .zero {
                throw LogConfigurationError(option: name, value: "\(span)", allowed: "0s or longer")
            }
        }
    }

    /// What the detector says of one line.
    public struct Verdict: Hashable, Sendable {
        /// Whether the score counts.
        public var readiness: Reading.Readiness
        /// Chance of a new template when nothing is wrong; 1 for a line that reports nothing.
        public var pValue: Double
        /// log(p)/log(α): 1 is the alert line; 0 for a line that reports nothing.
        public var anomalyScore: Double
    }

    /// The settings.
    public let configuration: Configuration

    /// A new template that waits for its lines.
    struct Candidate: Equatable {
        var pValue: Double
        var lines: Int
        var windowStart: Timestamp?
        var firstLine: UInt64
    }

    /// Lines seen.
    public internal(set) var lineCount: UInt64 = 0
    var firstTime: Timestamp?
    var isWarm = false
    /// Lines after the warm-up, and new templates among them, both fading.
    var fadedLines: Double
    var fadedNew = 0.0
    var candidates: [TemplateID: Candidate] = [:]

    /// New templates that may wait for their lines at one time; beyond it the oldest is given up.
    public static let maximumCandidates = 1_024

    /// Creates a detector with the default settings that has seen nothing.
    public init() {
        self.init(valid: Configuration())
    }

    /// Creates a detector that has seen nothing.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        try configuration.validate()
        self.init(valid: configuration)
    }

    init(valid configuration: Configuration) {
        self.configuration = configuration
        // The warm-up counts as that many lines without news: what was learnt then is what everything is new against.
        fadedLines = Double(configuration.warmUpLines)
    }

    /// Judges one line by what the miner said of it.
    public mutating func update(
        _ match: LogMatch, severity: LogSeverity? = nil, at time: Timestamp? = nil
    ) -> Verdict {
        lineCount += 1
        if firstTime == nil { firstTime = time }
        let readiness = readiness(at: time)
        guard readiness == .ready else { return Verdict(readiness: readiness, pValue: 1, anomalyScore: 0) }
        let pValue = min(1, (fadedNew + 1) / (fadedLines + 1))
        let fade = exp2(-1 / Double(configuration.halfLife))
        fadedLines = fadedLines * fade + 1
        fadedNew = fadedNew * fade + (match.isNew ? 1 : 0)
        guard let reported = reported(match, pValue, severity, time) else {
            return Verdict(readiness: .ready, pValue: 1, anomalyScore: 0)
        }
        return Verdict(
            readiness: .ready, pValue: reported, anomalyScore: AnomalyScore.of(reported, alpha: configuration.alpha))
    }

    /// The p-value of the new template that this line makes worth reporting, if it does.
    private mutating func reported(
        _ match: LogMatch, _ pValue: Double, _ severity: LogSeverity?, _ time: Timestamp?
    ) -> Double? {
        let isUrgent = severity.map { $0 >= configuration.urgentSeverity } ?? false
        if match.isNew {
            if isUrgent || configuration.minimumLines == 1 { return pValue }
            candidates[match.template] = Candidate(
                pValue: pValue, lines: 1, windowStart: time, firstLine: lineCount)
            if candidates.count > Self.maximumCandidates,
                let oldest = candidates.min(by: { $0.value.firstLine < $1.value.firstLine })
            {
                candidates[oldest.key] = nil
            }
            return nil
        }
        guard !candidates.isEmpty, var candidate = candidates[match.template] else { return nil }
        if let time, let start = candidate.windowStart, time - start > configuration.burstWindow {
            candidate.windowStart = time
            candidate.lines = 0
        }
        candidate.lines += 1
        let isDue = isUrgent || candidate.lines >= configuration.minimumLines
        candidates[match.template] = isDue ? nil : candidate
        return isDue ? candidate.pValue : nil
    }

    /// How far the warm-up is; in its second part, which ends with time, the lines still needed are an estimate.
    private mutating func readiness(at time: Timestamp?) -> Reading.Readiness {
        if isWarm { return .ready }
        let seen = Int(clamping: lineCount)
        if seen <= configuration.warmUpLines { return .warmingUp(seen: seen, needed: configuration.warmUpLines) }
        if configuration.warmUpTime > .zero {
            let elapsed = firstTime.flatMap { start in time.map { $0 - start } } ?? .zero
            if elapsed < configuration.warmUpTime {
                let share = Double(elapsed.milliseconds) / Double(configuration.warmUpTime.milliseconds)
                let estimate = share > 0 ? Double(seen) / share : Double(seen) + 1
                return .warmingUp(seen: seen, needed: max(seen + 1, Int(min(estimate.rounded(.up), 1e15))))
            }
        }
        isWarm = true
        return .ready
    }
}
