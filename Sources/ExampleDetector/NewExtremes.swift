import Auspex

/// Scores each sample by how far it lies outside of everything before it, in widths of that.
struct NewExtremes: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "new-extremes", summary: "Distance from the range of all samples before.", kind: .streaming,
        family: "example", cost: "O(1) a sample", memory: "24 bytes a series", source: "this article",
        minimumHistory: "\(needed) samples")
    private static let needed = 30

    private var seen = 0
    private var low = 0.0
    private var high = 0.0

    init(parameters: ParameterValues) {}

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        defer {
            (low, high) = seen == 0 ? (value, value) : (min(low, value), max(high, value))
            seen += 1
        }
        guard seen >= Self.needed else {
            return RawReading(readiness: .warmingUp(seen: seen + 1, needed: Self.needed))
        }
        let outside = max(value / 2 - high / 2, low / 2 - value / 2, 0)
        let width = max(high / 2 - low / 2, .leastNormalMagnitude)
        return RawReading(rawScore: min(outside / width, .greatestFiniteMagnitude))
    }

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: 1)
        writer.write(seen)
        writer.write(low)
        writer.write(high)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: 1)
        seen = try reader.readInteger()
        low = try reader.readDouble()
        high = try reader.readDouble()
        try reader.finish()
    }
}
