import AuspexSignals

extension SeverityShiftDetector {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.severityShift) { writer in
            writer.write(configuration.window.milliseconds)
            writer.write(configuration.allowedLateness.milliseconds)
            writer.write(configuration.warmUpWindows)
            writer.write(configuration.alpha)
            tallies.write(to: &writer) { $1.write(to: &$0) }
            for share in shares.joined() { share.write(to: &writer) }
            writer.write(recent) { $1.write(to: &$0) }
            writer.write(isReported)
        }
    }

    /// The detector as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try SnapshotEnvelope.open(snapshot, .severityShift) { reader throws(LogSnapshotError) in
            try SeverityShiftDetector(reading: &reader)
        }
    }

    private init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let configuration = Configuration(
            window: TimeSpan(milliseconds: try reader.signed()),
            allowedLateness: TimeSpan(milliseconds: try reader.signed()), warmUpWindows: try reader.int(),
            alpha: try reader.double())
        try reader.checked(configuration.validate)
        self.init(valid: configuration)
        tallies = try WindowTallies(
            reading: &reader, length: configuration.window, lateness: configuration.allowedLateness
        ) { reader throws(LogSnapshotError) in try Lines(reading: &reader) }
        for level in shares.indices {
            for width in shares[level].indices { shares[level][width] = try SeverityShare(reading: &reader) }
        }
        recent = try reader.list { reader throws(LogSnapshotError) in try Lines(reading: &reader) }
        guard recent.count <= Self.widths.reduce(0, max) else { throw reader.error("too many windows are kept") }
        isReported = try reader.flag()
    }
}

extension SeverityShiftDetector.Lines {
    func write(to writer: inout StateWriter) {
        writer.write(all)
        for count in severe { writer.write(count) }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        self.init()
        all = try reader.int(in: 0...1_000_000_000_000, "lines")
        for index in severe.indices { severe[index] = try reader.int(in: 0...all, "lines") }
    }
}
