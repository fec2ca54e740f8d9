import AuspexSignals

extension SeverityShiftDetector {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] {
        DetectorSnapshot.seal(.severityShift) { writer in
            writer.write(configuration.window.milliseconds)
            writer.write(configuration.allowedLateness.milliseconds)
            writer.write(configuration.warmUpWindows)
            writer.write(configuration.alpha)
            tallies.write(to: &writer) { writer, lines in
                writer.write(lines.all)
                for count in lines.severe { writer.write(count) }
            }
            for share in shares { share.write(to: &writer) }
        }
    }

    /// The detector as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try DetectorSnapshot.open(snapshot, .severityShift) { reader throws(LogSnapshotError) in
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
        ) { reader throws(LogSnapshotError) in
            var lines = Lines()
            lines.all = try reader.int(in: 0...1_000_000_000_000, "lines")
            for index in lines.severe.indices { lines.severe[index] = try reader.int(in: 0...lines.all, "lines") }
            return lines
        }
        for index in shares.indices { shares[index] = try SeverityShare(reading: &reader) }
    }
}
