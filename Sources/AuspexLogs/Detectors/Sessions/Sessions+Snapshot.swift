import AuspexSignals

extension SessionDetector {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] { SnapshotEnvelope.seal(.session) { write(to: &$0) } }

    /// The detector as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try SnapshotEnvelope.open(snapshot, .session) { reader throws(LogSnapshotError) in
            try SessionDetector(reading: &reader)
        }
    }

    func write(to writer: inout StateWriter) {
        switch configuration.training {
        case .allSessions: writer.write(0)
        case .first(let sessions): writer.write(sessions)
        }
        writer.write(configuration.alpha)
        writer.write(configuration.support)
        writer.write(configuration.warmUpSessions)
        memory.write(to: &writer)
        transitions.write(to: &writer)
        switch calibration {
        case .tooFew(let seen, let needed): for number in [0, seen, needed] { writer.write(number) }
        case .tooVaried(let threshold):
            writer.write(1)
            writer.write(threshold)
        case .calibrated(let threshold, let level):
            writer.write(2)
            writer.write(threshold)
            writer.write(level)
        }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let sessions = try reader.int()
        let configuration = Configuration(
            training: sessions == 0 ? .allSessions : .first(sessions), alpha: try reader.double(),
            support: try reader.double(), warmUpSessions: try reader.int())
        try reader.checked(configuration.validate)
        self.init(valid: configuration)
        memory = try SessionMemory(
            support: configuration.support, leastSupport: configuration.leastSupport, reading: &reader)
        transitions = try TransitionMemory(reading: &reader)
        switch try reader.int(in: 0...2, "a calibration") {
        case 0:
            calibration = .tooFew(
                seen: try reader.int(in: 0...configuration.warmUpSessions, "sessions"),
                needed: try reader.int(in: 10...configuration.warmUpSessions, "sessions"))
        case 1: calibration = .tooVaried(threshold: try reader.double(in: 0...1, "a threshold"))
        default:
            calibration = .calibrated(
                threshold: try reader.double(in: 0...1, "a threshold"),
                level: try reader.double(in: .leastNonzeroMagnitude...1.0.nextDown, "a level"))
        }
    }
}

extension SessionTracker {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.sessionTracker) { writer in
            writer.write(configuration.idleTimeout.milliseconds)
            writer.write(configuration.maximumOpenSessions)
            writer.write(configuration.maximumTemplates)
            open.write(to: &writer, key: { $0.write($1.utf8) }, value: { $1.write(to: &$0) })
            writer.write(latest)
            writer.write(earlyInARow)
            writer.write(clockRestarts)
        }
    }

    /// The tracker as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try SnapshotEnvelope.open(snapshot, .sessionTracker) { reader throws(LogSnapshotError) in
            try SessionTracker(reading: &reader)
        }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let configuration = Configuration(
            idleTimeout: TimeSpan(milliseconds: try reader.signed()), maximumOpenSessions: try reader.int(),
            maximumTemplates: try reader.int())
        try reader.checked(configuration.validate)
        self.init(valid: configuration)
        open = try RecencyTable(
            reading: &reader, capacities: configuration.maximumOpenSessions...configuration.maximumOpenSessions,
            key: { reader throws(LogSnapshotError) in String(decoding: try reader.content(), as: UTF8.self) },
            value: { reader throws(LogSnapshotError) in try Open(reading: &reader) })
        latest = try reader.time()
        earlyInARow = try reader.int(in: 0...Self.patience, "early lines")
        clockRestarts = try reader.unsigned()
    }
}

extension SessionTracker.Open {
    func write(to writer: inout StateWriter) {
        writer.write(start.milliseconds)
        writer.write(end.milliseconds)
        counts.write(to: &writer)
        steps.write(to: &writer)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        start = Timestamp(milliseconds: try reader.signed())
        end = Timestamp(milliseconds: try reader.signed())
        counts = try CountVector(reading: &reader)
        steps = try TransitionList(reading: &reader)
    }
}

extension TimeWindowSessions {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.timeWindows) { writer in
            writer.write(length.milliseconds)
            writer.write(tallies.lateness.milliseconds)
            writer.write(maximumTemplates)
            tallies.write(to: &writer) { writer, lines in
                writer.write(lines.start.milliseconds)
                writer.write(lines.end.milliseconds)
                lines.counts.write(to: &writer)
            }
        }
    }

    /// The windows as they were at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try SnapshotEnvelope.open(snapshot, .timeWindows) { reader throws(LogSnapshotError) in
            try TimeWindowSessions(reading: &reader)
        }
    }

    private init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let length = TimeSpan(milliseconds: try reader.signed())
        let lateness = TimeSpan(milliseconds: try reader.signed())
        let templates = try reader.int()
        do {
            try self.init(length: length, allowedLateness: lateness, maximumTemplates: templates)
        } catch {
            throw reader.error("\(error)")
        }
        tallies = try WindowTallies(reading: &reader, length: length, lateness: lateness) {
            reader throws(LogSnapshotError) in
            Lines(
                start: Timestamp(milliseconds: try reader.signed()), end: Timestamp(milliseconds: try reader.signed()),
                counts: try CountVector(reading: &reader))
        }
    }
}
