public import AuspexSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One stream of log lines on its way through header, miner and detector.
///
/// ```swift
/// var stream = LogStream()
/// for line in lines {
///     let reading = stream.update(line.utf8.span)
///     if reading.isAnomalous { print(reading.explanation, reading.template) }
/// }
/// ```
///
/// A value: a copy goes on by itself, and `snapshot()` with `init(restoring:)` carries the state across a restart so
/// that the rest of the stream gives the same readings as without one.
public struct LogStream: Sendable {
    /// What a stream is made of.
    public struct Configuration: Hashable, Sendable, Codable {
        /// The miner's bounds.
        public var miner: TemplateMiner.Configuration
        /// When a new template counts.
        public var detector: NewTemplateDetector.Configuration
        /// What else is watched.
        public var detectors: Detectors
        /// Whether lines may begin with a timestamp, a level and the like, which are not part of the message.
        public var readsHeaders: Bool
        /// A moment near the lines', by which timestamps without a year, as syslog's, get theirs; without it such lines
        /// have no time. A record's own time serves for its body.
        public var referenceTime: Timestamp?

        /// Creates a configuration.
        public init(
            miner: TemplateMiner.Configuration = .init(), detector: NewTemplateDetector.Configuration = .init(),
            detectors: Detectors = .init(), readsHeaders: Bool = true, referenceTime: Timestamp? = nil
        ) {
            self.miner = miner
            self.detector = detector
            self.detectors = detectors
            self.readsHeaders = readsHeaders
            self.referenceTime = referenceTime
        }
    }

    /// The configuration.
    public let configuration: Configuration
    /// The miner, to list templates and resolve ids.
    public internal(set) var miner: TemplateMiner
    /// The detector of new templates.
    public internal(set) var detector: NewTemplateDetector
    var detectors: LogDetectors
    var vote = HeaderVote()

    // Reused for every line; empty of meaning between calls.
    var fields: [LineField] = []
    var scratch: [UInt8] = []
    private var parameters: [Range<Int>] = []
    /// Merges that nobody outside has taken yet; the detectors have.
    var aliases: [TemplateAlias] = []

    /// Creates a stream with default settings that has seen nothing.
    public init() {
        configuration = Configuration()
        miner = TemplateMiner()
        detector = NewTemplateDetector()
        detectors = LogDetectors()
    }

    /// Creates a stream that has seen nothing.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        self.configuration = configuration
        miner = try TemplateMiner(configuration: configuration.miner)
        detector = try NewTemplateDetector(configuration: configuration.detector)
        detectors = try LogDetectors(configuration.detectors)
    }

    init(
        configuration: Configuration, miner: TemplateMiner, detector: NewTemplateDetector, detectors: LogDetectors,
        vote: HeaderVote, aliases: [TemplateAlias]
    ) {
        self.configuration = configuration
        self.miner = miner
        self.detector = detector
        self.detectors = detectors
        self.vote = vote
        self.aliases = aliases
    }

    /// Takes one raw line, without its line end.
    public mutating func update(_ line: Span<UInt8>) -> LogReading {
        guard LineText.inspect(line).contains(.escapes) else {
            return update(line, anatomy(of: line, reference: configuration.referenceTime))
        }
        let plain = LineText.withoutEscapes(line)
        return update(plain.span, anatomy(of: plain.span, reference: configuration.referenceTime))
    }

    /// Takes one raw line, without its line end, that may go on with the record before it, as the lines of a stack trace
    /// do; nil when it does, and then nothing is learnt from it.
    public mutating func update(_ line: Span<UInt8>, joining joiner: inout RecordJoiner) -> LogReading? {
        guard LineText.inspect(line).contains(.escapes) else { return update(plain: line, joining: &joiner) }
        let plain = LineText.withoutEscapes(line)
        return update(plain: plain.span, joining: &joiner)
    }

    private mutating func update(plain line: Span<UInt8>, joining joiner: inout RecordJoiner) -> LogReading? {
        let anatomy = anatomy(of: line, reference: configuration.referenceTime)
        if joiner.continues(line, hasTimestamp: anatomy.hasTimestamp) { return nil }
        return update(line, anatomy)
    }

    mutating func update(_ line: Span<UInt8>, _ anatomy: LineAnatomy) -> LogReading {
        update(line, anatomy, severity: anatomy.severity, time: anatomy.time, attributes: Labels())
    }

    /// Takes one record: its own time and severity count before those in the body. Of a body of several lines, such as
    /// an error with its trace, the first is mined together with the class of the error at the bottom.
    public mutating func update(_ record: LogRecord) -> LogReading {
        var body = record.body
        return body.withUTF8 { bytes in
            guard bytes.contains(0x1b) else { return update(bytes.span, of: record) }
            let plain = LineText.withoutEscapes(bytes.span)
            return update(plain.span, of: record)
        }
    }

    private mutating func update(_ line: Span<UInt8>, of record: LogRecord) -> LogReading {
        let anatomy = anatomy(of: line, reference: record.time)
        let severity = LogSeverity(record.severity) ?? anatomy.severity
        return update(line, anatomy, severity: severity, time: record.time, attributes: record.attributes)
    }

    /// Makes a template known before its first line, see ``TemplateMiner/seed(_:id:isOpenEnded:)``.
    @discardableResult
    public mutating func seed(_ text: String, id: TemplateID? = nil, isOpenEnded: Bool = false) -> TemplateID {
        miner.seed(text, id: id, isOpenEnded: isOpenEnded)
    }

    /// Stops templates from becoming more general, see ``TemplateMiner/isFrozen``.
    public var isFrozen: Bool {
        get { miner.isFrozen }
        set { miner.isFrozen = newValue }
    }

    /// Judges what is over at `time`, though no line came: that is how silence is noticed.
    public mutating func advance(to time: Timestamp) -> [LogVerdict] { detectors.advance(to: time) }

    /// Judges what is still open at the end of an input that ends, such as sessions.
    public mutating func finish() -> [LogVerdict] { detectors.finish() }

    /// The merges since the last call, at most the last 4,096: a consumer that stores ids replaces the old ones
    /// by the new.
    public mutating func takeAliases() -> [TemplateAlias] {
        defer { aliases = [] }
        return aliases
    }

    private mutating func followMerges() {
        let merged = miner.takeAliases()
        guard !merged.isEmpty else { return }
        detectors.merge(merged)
        aliases += merged
        if aliases.count > TemplateMiner.pendingAliases {
            aliases.removeFirst(aliases.count - TemplateMiner.pendingAliases)
        }
    }

    private mutating func update(
        _ line: Span<UInt8>, _ anatomy: LineAnatomy, severity: LogSeverity?, time: Timestamp?, attributes: Labels
    ) -> LogReading {
        let text = scratch
        let message = anatomy.source == .line ? line.extracting(anatomy.message) : text.span
        var ranges: [Range<Int>] = []
        swap(&ranges, &parameters)
        let match =
            detectors.needsParameters
            ? miner.add(message, at: time, parameters: &ranges) : miner.add(message, at: time)
        followMerges()
        let verdict = detector.update(match, severity: severity, at: time)
        let count = miner.count(of: match.template)
        let lines = miner.lineCount
        var reading = LogReading(
            line: lines, time: time, severity: severity, templateID: match.template, version: match.version,
            template: miner.text(of: match.template) ?? "", count: count, isNew: match.isNew,
            rawScore: log2(Double(lines + 1) / Double(max(count, 1))), pValue: verdict.pValue,
            anomalyScore: verdict.anomalyScore, readiness: verdict.readiness, verdicts: [])
        reading.verdicts = detectors.update(
            match.template, severity: severity, at: time, attributes: attributes, parameters: ranges, of: message)
        if reading.isNews { reading.verdicts.insert(reading.newsVerdict(alpha: detector.configuration.alpha), at: 0) }
        ranges.removeAll(keepingCapacity: true)
        swap(&ranges, &parameters)
        return reading
    }
}
