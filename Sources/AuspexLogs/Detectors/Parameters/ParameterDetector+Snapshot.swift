extension ParameterDetector {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.parameter) { writer in
            writer.write(configuration.alpha)
            writer.write(configuration.maximumParameters)
            writer.write(configuration.parametersPerTemplate)
            slots.write(
                to: &writer,
                key: { writer, key in
                    writer.write(fixed: key.template.value)
                    writer.write(key.position)
                }, value: { $1.write(to: &$0) })
        }
    }

    /// The detector as it was at ``snapshot()``.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        self = try SnapshotEnvelope.open(snapshot, .parameter) { reader throws(LogSnapshotError) in
            let configuration = Configuration(
                alpha: try reader.double(), maximumParameters: try reader.int(),
                parametersPerTemplate: try reader.int())
            try reader.checked(configuration.validate)
            var detector = ParameterDetector(valid: configuration)
            detector.slots = try RecencyTable(
                reading: &reader, capacities: configuration.maximumParameters...configuration.maximumParameters,
                key: { reader throws(LogSnapshotError) in
                    Key(
                        template: TemplateID(try reader.fixed()),
                        position: try reader.int(in: 0...configuration.parametersPerTemplate - 1, "a parameter"))
                },
                value: { reader throws(LogSnapshotError) in try ParameterSlot(reading: &reader) })
            return detector
        }
    }
}
