/// Reads what ``SnapshotWriter`` wrote, in the same order. Every method throws
/// ``DetectorError/invalidSnapshot(reason:)`` instead of reading beyond the end.
public struct SnapshotReader {
    /// No stream reaches so many samples, and one more is still another number.
    package static let mostSamples = 1 << 53

    private let bytes: [UInt8]
    private let end: Int
    private var position = SnapshotWriter.magic.count

    /// Checks head and checksum.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)`` for damaged bytes, another kind, or another version.
    public init(_ bytes: [UInt8], kind: String, version: Int) throws(DetectorError) {
        let checksumSize = 8
        guard bytes.starts(with: SnapshotWriter.magic), bytes.count >= SnapshotWriter.magic.count + checksumSize else {
            throw .invalidSnapshot(reason: "these \(bytes.count) bytes are no snapshot")
        }
        self.bytes = bytes
        end = bytes.count - checksumSize
        let end = end
        let isWhole = bytes.withUnsafeBytes { all in
            SnapshotWriter.checksum(of: UnsafeRawBufferPointer(rebasing: all[..<end])) == Self.bits(all, at: end)
        }
        guard isWhole else {
            throw .invalidSnapshot(reason: "its checksum is wrong, so it is damaged")
        }
        let foundKind = try readString()
        guard foundKind == kind else {
            throw .invalidSnapshot(reason: "it is of kind '\(foundKind)' and '\(kind)' was expected")
        }
        let foundVersion = try readInteger()
        guard foundVersion == version else {
            throw .invalidSnapshot(reason: "'\(kind)' has format \(foundVersion) and this release reads \(version)")
        }
    }

    /// Reads a whole number.
    public mutating func readInteger() throws(DetectorError) -> Int {
        Int(Int64(bitPattern: try readBits()))
    }

    /// Reads a whole number that must lie within `range`, so that a state which cannot be never is restored.
    public mutating func readInteger(in range: ClosedRange<Int>) throws(DetectorError) -> Int {
        let value = try readInteger()
        guard range.contains(value) else {
            throw .invalidSnapshot(
                reason: "it holds \(value) where \(range.lowerBound) to \(range.upperBound) may stand")
        }
        return value
    }

    /// Reads a double.
    public mutating func readDouble() throws(DetectorError) -> Double {
        Double(bitPattern: try readBits())
    }

    /// Reads a truth value.
    public mutating func readBool() throws(DetectorError) -> Bool {
        try readInteger(in: 0...1) == 1
    }

    /// Reads a text.
    public mutating func readString() throws(DetectorError) -> String {
        String(decoding: try readBytes(), as: UTF8.self)
    }

    /// Reads bytes.
    public mutating func readBytes() throws(DetectorError) -> [UInt8] {
        let count = try readCount(elementSize: 1)
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// Reads doubles.
    public mutating func readDoubles() throws(DetectorError) -> [Double] {
        let count = try readCount(elementSize: 8)
        var values: [Double] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try readDouble()) }
        return values
    }

    /// Reads doubles of which there must be `count`.
    package mutating func readDoubles(count: Int) throws(DetectorError) -> [Double] {
        let values = try readDoubles()
        guard values.count == count else {
            throw .invalidSnapshot(reason: "it holds \(values.count) numbers where \(count) belong")
        }
        return values
    }

    /// Checks that all has been read.
    public func finish() throws(DetectorError) {
        guard position == end else {
            throw .invalidSnapshot(reason: "\(end - position) bytes are left over")
        }
    }

    private mutating func readCount(elementSize: Int) throws(DetectorError) -> Int {
        let count = try readInteger()
        guard count >= 0, count <= (end - position) / elementSize else {
            throw .invalidSnapshot(reason: "it ends too early")
        }
        return count
    }

    private mutating func readBits() throws(DetectorError) -> UInt64 {
        let size = 8
        guard end - position >= size else { throw .invalidSnapshot(reason: "it ends too early") }
        defer { position += size }
        return bytes.withUnsafeBytes { Self.bits($0, at: position) }
    }

    private static func bits(_ bytes: UnsafeRawBufferPointer, at position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}
