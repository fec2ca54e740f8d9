import AuspexSignals

/// Writes a detector's state as bytes: a head with kind and version, the values in the order in which they are written,
/// a checksum. Numbers are little-endian and 64 bits wide; doubles keep all their bits.
public struct SnapshotWriter {
    static let magic: [UInt8] = Array("AUSX".utf8)

    private var bytes: [UInt8] = SnapshotWriter.magic

    /// Begins a snapshot of `kind` in format `version`. Raise the version when the sequence of values changes.
    public init(kind: String, version: Int) {
        write(kind)
        write(version)
    }

    /// Writes a whole number.
    public mutating func write(_ value: Int) { write(bits: UInt64(bitPattern: Int64(value))) }

    /// Writes a double.
    public mutating func write(_ value: Double) { write(bits: value.bitPattern) }

    /// Writes a truth value.
    public mutating func write(_ value: Bool) { write(value ? 1 : 0) }

    /// Writes a text.
    public mutating func write(_ value: String) { write(Array(value.utf8)) }

    /// Writes bytes, with their number.
    public mutating func write(_ value: [UInt8]) {
        write(value.count)
        bytes.append(contentsOf: value)
    }

    /// Writes doubles, with their number.
    public mutating func write(_ values: [Double]) {
        write(values.count)
        for value in values { write(value) }
    }

    /// The finished snapshot.
    public func finished() -> [UInt8] {
        var copy = self
        copy.write(bits: SnapshotWriter.checksum(of: bytes[...]))
        return copy.bytes
    }

    static func checksum(of bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.combine(bytes)
        return hash.value
    }

    private mutating func write(bits: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
    }
}
