import AuspexSignals

extension NewTemplateDetector {
    /// The whole state as bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.detector) { write(to: &$0) }
    }

    /// The detector as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        var reader = try SnapshotEnvelope.open(snapshot, .detector)
        try self.init(reading: &reader)
        guard reader.isAtEnd else { throw reader.error("there is more than a detector") }
    }

    func write(to writer: inout StateWriter) {
        configuration.write(to: &writer)
        writer.write(lineCount)
        writer.write(firstTime)
        writer.write(isWarm)
        writer.write(fadedLines)
        writer.write(fadedNew)
        let sorted = Dictionary(uniqueKeysWithValues: candidates.map { ($0.key.value, $0.value) })
        writer.write(sorted) { writer, candidate in
            writer.write(candidate.pValue)
            writer.write(candidate.lines)
            writer.write(candidate.windowStart)
            writer.write(candidate.firstLine)
        }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        self.init(valid: try Configuration(reading: &reader))
        lineCount = try reader.unsigned()
        firstTime = try reader.time()
        isWarm = try reader.flag()
        fadedLines = try reader.double()
        fadedNew = try reader.double()
        guard fadedLines >= 0, fadedLines.isFinite, fadedNew >= 0, fadedNew.isFinite else {
            throw reader.error("a count of lines is not a number")
        }
        let table = try reader.table { reader throws(LogSnapshotError) in
            Candidate(
                pValue: try reader.double(), lines: try reader.int(), windowStart: try reader.time(),
                firstLine: try reader.unsigned())
        }
        candidates = Dictionary(uniqueKeysWithValues: table.map { (TemplateID($0.key), $0.value) })
        guard candidates.values.allSatisfy({ $0.pValue > 0 && $0.pValue <= 1 }) else {
            throw reader.error("a p-value is not between 0 and 1")
        }
    }
}

extension NewTemplateDetector.Configuration {
    func write(to writer: inout StateWriter) {
        writer.write(warmUpLines)
        writer.write(warmUpTime.milliseconds)
        writer.write(alpha)
        writer.write(halfLife)
        writer.write(minimumLines)
        writer.write(burstWindow.milliseconds)
        writer.write(urgentSeverity.rawValue)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        self.init(
            warmUpLines: try reader.int(), warmUpTime: TimeSpan(milliseconds: try reader.signed()),
            alpha: try reader.double(), halfLife: try reader.int(), minimumLines: try reader.int(),
            burstWindow: TimeSpan(milliseconds: try reader.signed()))
        guard let severity = LogSeverity(rawValue: try reader.int()) else { throw reader.error("an unknown severity") }
        urgentSeverity = severity
        do {
            try validate()
        } catch {
            throw reader.error("\(error)")
        }
    }
}

extension LogStream {
    /// The whole state, miner and detector and configuration, as bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.stream) { writer in
            writer.write(configuration.readsHeaders)
            writer.write(configuration.referenceTime)
            vote.write(to: &writer)
            miner.write(to: &writer)
            detector.write(to: &writer)
            detectors.write(to: &writer)
            writer.write(aliases) { writer, alias in
                writer.write(fixed: alias.old.value)
                writer.write(fixed: alias.new.value)
            }
        }
    }

    /// The stream as it was at ``snapshot()``, configuration included.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        var reader = try SnapshotEnvelope.open(snapshot, .stream)
        let readsHeaders = try reader.flag()
        let referenceTime = try reader.time()
        let vote = try HeaderVote(reading: &reader)
        let miner = try TemplateMiner(reading: &reader)
        let detector = try NewTemplateDetector(reading: &reader)
        let detectors = try LogDetectors(reading: &reader)
        let aliases = try reader.list { reader throws(LogSnapshotError) in
            TemplateAlias(old: TemplateID(try reader.fixed()), new: TemplateID(try reader.fixed()))
        }
        guard reader.isAtEnd else { throw reader.error("there is more than a stream") }
        self.init(
            configuration: Configuration(
                miner: miner.configuration, detector: detector.configuration, detectors: detectors.configuration,
                readsHeaders: readsHeaders, referenceTime: referenceTime),
            miner: miner, detector: detector, detectors: detectors, vote: vote, aliases: aliases)
    }
}
