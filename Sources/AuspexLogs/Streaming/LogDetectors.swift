import AuspexSignals

/// The detectors that follow the templates of a stream: how often they come, what their parameters are, how severe the
/// lines are, and which templates sessions have.
///
/// Each is there or not. All are told of every line and of merged templates by ``LogStream``.
struct LogDetectors: Sendable {
    var rates: TemplateRateDetector?
    var parameters: ParameterDetector?
    var severity: SeverityShiftDetector?
    var sessions: SessionWatch?

    /// Sessions that are gathered and judged.
    struct SessionWatch: Sendable {
        var key: SessionKey
        var tracker: SessionTracker
        var detector: SessionDetector
    }

    /// Those of the default settings.
    init() {
        rates = TemplateRateDetector()
        parameters = ParameterDetector()
        severity = SeverityShiftDetector()
    }

    init(_ configuration: LogStream.Detectors) throws(LogConfigurationError) {
        if let rates = configuration.rates { self.rates = try TemplateRateDetector(configuration: rates) }
        if let parameters = configuration.parameters {
            self.parameters = try ParameterDetector(configuration: parameters)
        }
        if let severity = configuration.severity { self.severity = try SeverityShiftDetector(configuration: severity) }
        if let sessions = configuration.sessions {
            self.sessions = SessionWatch(
                key: sessions.key, tracker: try SessionTracker(configuration: sessions.tracker),
                detector: try SessionDetector(configuration: sessions.detector))
        }
    }

    /// Whether any of them looks at the parameters of lines.
    var needsParameters: Bool { parameters != nil || sessions != nil }

    /// Judges a line that belongs to `template`, and what its time brings to an end.
    ///
    /// `parameters` are ranges of `text`. A line without a time counts for its parameters only.
    mutating func update(
        _ template: TemplateID, severity: LogSeverity?, at time: Timestamp?, attributes: Labels,
        parameters ranges: [Range<Int>], of text: Span<UInt8>
    ) -> [LogVerdict] {
        var verdicts: [LogVerdict] = []
        if let found = parameters?.update(
            template, parameters: ranges, of: text, at: time ?? Timestamp(milliseconds: 0))
        {
            verdicts += found
        }
        guard let time else { return verdicts }
        if let found = rates?.update(template, at: time) { verdicts += found }
        if let found = self.severity?.update(severity, at: time) { verdicts += found }
        if let id = sessions?.key.id(parameters: ranges, of: text, attributes: attributes) {
            verdicts += judged(sessions?.tracker.update(template, session: id, at: time) ?? [])
        }
        return verdicts
    }

    /// Judges what is over at `time`, though no line came.
    mutating func advance(to time: Timestamp) -> [LogVerdict] {
        var verdicts = rates?.advance(to: time) ?? []
        verdicts += severity?.advance(to: time) ?? []
        return verdicts + judged(sessions?.tracker.advance(to: time) ?? [])
    }

    /// Judges the sessions that are still open, at the end of an input.
    mutating func finish() -> [LogVerdict] { judged(sessions?.tracker.finish() ?? []) }

    private mutating func judged(_ closed: [LogSession]) -> [LogVerdict] {
        closed.compactMap { sessions?.detector.judge($0) }.filter(\.isAnomalous)
    }

    /// Follows merges of templates.
    mutating func merge(_ aliases: some Sequence<TemplateAlias>) {
        for alias in aliases {
            rates?.merge(alias)
            sessions?.tracker.merge(alias)
        }
        sessions?.detector.merge(aliases)
    }
}

extension LogStream {
    /// Which detectors follow a stream, and how.
    public struct Detectors: Hashable, Sendable, Codable {
        /// How often templates come; nil for not.
        public var rates: TemplateRateDetector.Configuration?
        /// What the parameters of templates are; nil for not.
        public var parameters: ParameterDetector.Configuration?
        /// How many lines are severe; nil for not.
        public var severity: SeverityShiftDetector.Configuration?
        /// Which templates sessions have; nil for not: only its owner knows what a session of a stream is.
        public var sessions: Sessions?

        /// What a session is, and which are unusual.
        public struct Sessions: Hashable, Sendable, Codable {
            /// Where a line says which session it belongs to.
            public var key: SessionKey
            /// When sessions end.
            public var tracker: SessionTracker.Configuration
            /// When a session counts as unusual.
            public var detector: SessionDetector.Configuration

            /// Creates a configuration.
            public init(
                key: SessionKey, tracker: SessionTracker.Configuration = .init(),
                detector: SessionDetector.Configuration = .init()
            ) {
                self.key = key
                self.tracker = tracker
                self.detector = detector
            }
        }

        /// Creates a configuration; by default all but sessions are watched.
        public init(
            rates: TemplateRateDetector.Configuration? = .init(),
            parameters: ParameterDetector.Configuration? = .init(),
            severity: SeverityShiftDetector.Configuration? = .init(), sessions: Sessions? = nil
        ) {
            self.rates = rates
            self.parameters = parameters
            self.severity = severity
            self.sessions = sessions
        }

        /// New templates alone.
        public static let none = Detectors(rates: nil, parameters: nil, severity: nil)
    }
}

extension LogDetectors {
    func write(to writer: inout StateWriter) {
        writer.write(rates) { $0.write($1.snapshot()) }
        writer.write(parameters) { $0.write($1.snapshot()) }
        writer.write(severity) { $0.write($1.snapshot()) }
        writer.write(sessions) { writer, sessions in
            switch sessions.key {
            case .attribute(let name):
                writer.write(0)
                writer.write(Array(name.utf8))
            case .parameter(let prefix):
                writer.write(1)
                writer.write(Array(prefix.utf8))
            }
            writer.write(sessions.tracker.snapshot())
            writer.write(sessions.detector.snapshot())
        }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        rates = try reader.optional { reader throws(LogSnapshotError) in
            try TemplateRateDetector(restoring: try reader.content())
        }
        parameters = try reader.optional { reader throws(LogSnapshotError) in
            try ParameterDetector(restoring: try reader.content())
        }
        severity = try reader.optional { reader throws(LogSnapshotError) in
            try SeverityShiftDetector(restoring: try reader.content())
        }
        sessions = try reader.optional { reader throws(LogSnapshotError) in
            let isAttribute = try reader.int(in: 0...1, "a kind of session key") == 0
            let text = String(decoding: try reader.content(), as: UTF8.self)
            return SessionWatch(
                key: isAttribute ? .attribute(text) : .parameter(prefix: text),
                tracker: try SessionTracker(restoring: try reader.content()),
                detector: try SessionDetector(restoring: try reader.content()))
        }
    }

    /// What they were made with.
    var configuration: LogStream.Detectors {
        LogStream.Detectors(
            rates: rates?.configuration, parameters: parameters?.configuration, severity: severity?.configuration,
            sessions: sessions.map { watch in
                LogStream.Detectors.Sessions(
                    key: watch.key, tracker: watch.tracker.configuration, detector: watch.detector.configuration)
            })
    }
}
