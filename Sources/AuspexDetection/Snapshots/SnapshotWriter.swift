import AuspexSignals

/// Writes a detector's state as bytes: a head with kind and version, the values in the order in which they are written,
/// a checksum. Numbers are little-endian and 64 bits wide; doubles keep all their bits.
public struct SnapshotWriter {
    static let magic: [UInt8] = Array("AUS2".utf8)

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

    /// Writes bytes as they lie in memory, with their number.
    mutating func write(_ value: UnsafeRawBufferPointer) {
        write(value.count)
        bytes.append(contentsOf: value)
    }

    /// Writes doubles, with their number.
    public mutating func write(_ values: [Double]) {
        write(values.count)
        for value in values { write(value) }
    }

    /// Makes room for so many bytes to come.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// The finished snapshot.
    public consuming func finished() -> [UInt8] {
        write(bits: bytes.withUnsafeBytes { SnapshotWriter.checksum(of: $0) })
        return bytes
    }

    private mutating func write(bits: UInt64) {
        withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

extension SnapshotWriter {
    /// Odd, with its bits well mixed: the golden ratio.
    private static let factor: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// A number that all bytes and their count go into: words of eight bytes in four sums side by side. Finds damage; not for
    /// secrets.
    static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        let size = MemoryLayout<UInt64>.size
        var (first, second, third, fourth): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        var position = 0
        if let start = bytes.baseAddress {
            func word(_ index: Int) -> UInt64 {
                UInt64(littleEndian: (start + position + index * size).loadUnaligned(as: UInt64.self))
            }
            while position + 4 * size <= bytes.count {
                first = mixed(first, word(0))
                second = mixed(second, word(1))
                third = mixed(third, word(2))
                fourth = mixed(fourth, word(3))
                position += 4 * size
            }
        }
        for byte in bytes[position...] { first = mixed(first, UInt64(byte)) }
        return [first, second, third, fourth].reduce(UInt64(bytes.count), mixed)
    }

    private static func mixed(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word) &* factor
        return product ^ (product >> 32)
    }
}
