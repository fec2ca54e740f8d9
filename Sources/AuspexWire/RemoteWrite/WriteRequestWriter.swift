import AuspexSignals

/// Writes `prometheus.WriteRequest` in its protobuf form.
struct WriteRequestWriter {
    private(set) var bytes: [UInt8] = []
    private var series: [UInt8] = []
    private var part: [UInt8] = []

    /// Appends one series with its samples.
    mutating func append(_ value: SeriesSamples) {
        series.removeAll(keepingCapacity: true)
        for pair in value.labels.pairs {
            part.removeAll(keepingCapacity: true)
            Self.write(1, pair.name.utf8, to: &part)
            Self.write(2, pair.value.utf8, to: &part)
            Self.write(1, part, to: &series)
        }
        for sample in value.samples {
            part.removeAll(keepingCapacity: true)
            write(sample)
            Self.write(2, part, to: &series)
        }
        Self.write(1, series, to: &bytes)
    }

    /// Fields that are zero are left out, as proto3 does; the value goes by its bits, so that -0 and NaNs survive.
    private mutating func write(_ sample: Sample) {
        let bits = sample.value.bitPattern
        if bits != 0 {
            part.append(1 << 3 | ProtobufWireType.fixed64.rawValue)
            withUnsafeBytes(of: bits.littleEndian) { part.append(contentsOf: $0) }
        }
        if sample.time.milliseconds != 0 {
            part.append(2 << 3 | ProtobufWireType.varint.rawValue)
            Self.write(UInt64(bitPattern: sample.time.milliseconds), to: &part)
        }
    }

    private static func write(_ field: UInt8, _ content: some Collection<UInt8>, to target: inout [UInt8]) {
        target.append(field << 3 | ProtobufWireType.lengthDelimited.rawValue)
        write(UInt64(content.count), to: &target)
        target.append(contentsOf: content)
    }

    private static func write(_ number: UInt64, to target: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            target.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        target.append(UInt8(rest))
    }
}
