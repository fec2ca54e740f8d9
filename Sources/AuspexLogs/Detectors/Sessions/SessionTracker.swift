public import AuspexSignals

/// Gathers lines by an id that they have in common, such as that of a request or a block, until the session is over.
///
/// A session is over when none of its lines came for ``Configuration/idleTimeout`` of event time, or when
/// ``close(_:)`` says so. Of too many open ones the one without lines for longest is given up and counted: half a session
/// is no session, so it is not given out. A line that comes after its session was over begins a new one.
///
/// A line that is earlier than others is taken in as it is. When 1,000 lines in a row are earlier than the latest by more
/// than the timeout, the clock was set back, and event time goes on from them.
///
/// Cost: O(distinct templates of the session) per line. Memory: some 100 bytes for each distinct template and step of an
/// open session.
public struct SessionTracker: Sendable, Equatable {
    /// When sessions end.
    public struct Configuration: Hashable, Sendable, Codable {
        /// Event time without a line after which a session is over. One second to 30 days.
        public var idleTimeout: TimeSpan
        /// Sessions that may be open at one time. 1 to 1,000,000.
        public var maximumOpenSessions: Int
        /// Templates of a session that are told apart. 1 to 10,000.
        public var maximumTemplates: Int

        /// Creates a configuration.
        public init(
            idleTimeout: TimeSpan = .minutes(5), maximumOpenSessions: Int = 10_000, maximumTemplates: Int = 256
        ) {
            self.idleTimeout = idleTimeout
            self.maximumOpenSessions = maximumOpenSessions
            self.maximumTemplates = maximumTemplates
        }

        func validate() throws(LogConfigurationError) {
            try OptionRanges.check("idleTimeout", idleTimeout, .seconds(1)...(.hours(720)))
            try OptionRanges.check("maximumOpenSessions", maximumOpenSessions, 1...1_000_000)
            try OptionRanges.check("maximumTemplates", maximumTemplates, 1...10_000)
        }
    }

    struct Open: Hashable, Sendable {
        var start: Timestamp
        var end: Timestamp
        var counts = CountVector()
        var steps = TransitionList()
    }

    /// So many early lines in a row mean that the clock was set back.
    static let patience = 1_000
    /// Longer ids are cut, and told apart by a hash.
    static let longestID = 256

    /// The settings.
    public let configuration: Configuration
    var open: RecencyTable<String, Open>
    var latest: Timestamp?
    var earlyInARow = 0
    /// How often the clock was found to have been set back.
    public internal(set) var clockRestarts: UInt64 = 0

    /// Creates a tracker with the default settings.
    public init() { self.init(valid: Configuration()) }

    /// Creates a tracker.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        try configuration.validate()
        self.init(valid: configuration)
    }

    init(valid configuration: Configuration) {
        self.configuration = configuration
        open = RecencyTable(capacity: configuration.maximumOpenSessions)
    }

    /// Sessions that are not over.
    public var openSessions: Int { open.count }
    /// Sessions that were given up because there were too many.
    public var evictedSessions: UInt64 { open.evicted }

    /// Adds a line to its session.
    ///
    /// - Returns: the sessions that are over now, the one without lines for longest first.
    public mutating func update(_ template: TemplateID, session id: String, at time: Timestamp) -> [LogSession] {
        noteEarly(time)
        let closed = advance(to: time)
        let limit = configuration.maximumTemplates
        _ = open.touch(Self.key(id), default: Open(start: time, end: time)) { session in
            session.start = min(session.start, time)
            session.end = max(session.end, time)
            session.counts.add(template, limit: limit)
            session.steps.add(template)
        }
        return closed
    }

    /// The sessions that are over at `time`, though no line came.
    public mutating func advance(to time: Timestamp) -> [LogSession] {
        let now = max(latest ?? time, time)
        latest = now
        var closed: [LogSession] = []
        while let (id, session) = open.eldest, now - session.end > configuration.idleTimeout {
            open.remove(id)
            closed.append(Self.session(id, session))
        }
        return closed
    }

    /// The session with this id, which is over now; nil when there is none.
    public mutating func close(_ id: String) -> LogSession? {
        let key = Self.key(id)
        return open.remove(key).map { Self.session(key, $0) }
    }

    /// All sessions: the stream is over.
    public mutating func finish() -> [LogSession] {
        let all = open.entries.map { Self.session($0.key, $0.value) }
        for session in all { open.remove(session.id) }
        return all
    }

    /// Follows a merge of templates in the sessions that are open; steps keep their old ids.
    public mutating func merge(_ alias: TemplateAlias) {
        open.updateAll { $1.counts.merge(alias) }
    }

    private mutating func noteEarly(_ time: Timestamp) {
        guard let latest, latest - time > configuration.idleTimeout else {
            earlyInARow = 0
            return
        }
        earlyInARow += 1
        guard earlyInARow >= Self.patience else { return }
        earlyInARow = 0
        clockRestarts += 1
        self.latest = time
        // What the wrong time has touched would never end.
        open.updateAll { $1.end = min($1.end, time) }
    }

    private static func session(_ id: String, _ open: Open) -> LogSession {
        LogSession(
            id: id, start: min(open.start, open.end), end: open.end, counts: open.counts,
            transitions: open.steps.finished)
    }

    static func key(_ id: String) -> String {
        guard id.utf8.count > longestID else { return id }
        var hash = StableHash()
        hash.combine(id)
        return String(decoding: Array(id.utf8.prefix(longestID - 17)), as: UTF8.self) + "#" + hexadecimal(hash.value)
    }
}
