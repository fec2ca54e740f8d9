import AuspexSignals

extension TemplateRateDetector {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] { SnapshotEnvelope.seal(.templateRate) { write(to: &$0) } }

    /// The detector as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try SnapshotEnvelope.open(snapshot, .templateRate) { reader throws(LogSnapshotError) in
            try TemplateRateDetector(reading: &reader)
        }
    }

    func write(to writer: inout StateWriter) {
        writer.write(configuration.window.milliseconds)
        writer.write(configuration.allowedLateness.milliseconds)
        writer.write(configuration.warmUpWindows)
        writer.write(configuration.alpha)
        writer.write(configuration.maximumTemplates)
        tallies.write(to: &writer) { $1.write(to: &$0) }
        rates.write(to: &writer, key: { $0.write(fixed: $1.value) }, value: { $1.write(to: &$0) })
        stream.write(to: &writer)
        writer.write(judgedUntil)
        writer.write(droppedLines)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let configuration = Configuration(
            window: TimeSpan(milliseconds: try reader.signed()),
            allowedLateness: TimeSpan(milliseconds: try reader.signed()), warmUpWindows: try reader.int(),
            alpha: try reader.double(), maximumTemplates: try reader.int())
        try reader.checked(configuration.validate)
        self.init(valid: configuration)
        tallies = try WindowTallies(
            reading: &reader, length: configuration.window, lateness: configuration.allowedLateness
        ) { reader throws(LogSnapshotError) in
            let lines = try WindowLines(reading: &reader)
            guard lines.templates.count <= configuration.maximumTemplates else {
                throw reader.error("a window has more templates than there may be")
            }
            return lines
        }
        rates = try RecencyTable(
            reading: &reader, capacities: configuration.maximumTemplates...configuration.maximumTemplates,
            key: { reader throws(LogSnapshotError) in TemplateID(try reader.fixed()) },
            value: { reader throws(LogSnapshotError) in try TemplateRate(reading: &reader) })
        stream = try TemplateRate(reading: &reader)
        judgedUntil = try reader.time()
        droppedLines = try reader.unsigned()
    }
}
