/// Why a snapshot cannot be restored.
public struct LogSnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte at which it was noticed.
    public let offset: Int
    /// What is wrong.
    public let reason: String

    /// The place and the reason.
    public var description: String { "log snapshot, byte \(offset): \(reason)" }
}

/// Reads what ``StateWriter`` wrote; anything else is an error, never a trap.
struct StateReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    func error(_ reason: String) -> LogSnapshotError { LogSnapshotError(offset: position, reason: reason) }

    private mutating func byte() throws(LogSnapshotError) -> UInt8 {
        guard position < end else { throw error("it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func unsigned() throws(LogSnapshotError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            if shift == 63, byte > 1 { break }
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
        }
        throw error("a number has more than 64 bits")
    }

    mutating func signed() throws(LogSnapshotError) -> Int64 {
        let number = try unsigned()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func int() throws(LogSnapshotError) -> Int { Int(try signed()) }

    /// A whole number that must lie in `range`.
    mutating func int(in range: ClosedRange<Int>, _ name: String) throws(LogSnapshotError) -> Int {
        let number = try int()
        guard range.contains(number) else { throw error("\(name) is \(number); allowed: \(range)") }
        return number
    }

    mutating func flag() throws(LogSnapshotError) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        case let other: throw error("a flag is \(other)")
        }
    }

    mutating func fixed() throws(LogSnapshotError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { number |= UInt64(try byte()) << shift }
        return number
    }

    mutating func double() throws(LogSnapshotError) -> Double { Double(bitPattern: try fixed()) }

    /// The number of elements that follow; every element has at least one byte, so that a lie is noticed here.
    mutating func count() throws(LogSnapshotError) -> Int {
        let count = try int()
        guard count >= 0, count <= end - position else { throw error("a list has \(count) elements") }
        return count
    }

    mutating func content() throws(LogSnapshotError) -> [UInt8] {
        let count = try count()
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func list<Element>(
        _ each: (inout StateReader) throws(LogSnapshotError) -> Element
    ) throws(LogSnapshotError) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try each(&self)) }
        return elements
    }

    mutating func optional<Value>(
        _ each: (inout StateReader) throws(LogSnapshotError) -> Value
    ) throws(LogSnapshotError) -> Value? {
        try flag() ? try each(&self) : nil
    }

    mutating func table<Value>(
        _ each: (inout StateReader) throws(LogSnapshotError) -> Value
    ) throws(LogSnapshotError) -> [UInt64: Value] {
        let count = try count()
        var table: [UInt64: Value] = [:]
        table.reserveCapacity(count)
        for _ in 0..<count {
            let key = try fixed()
            table[key] = try each(&self)
        }
        return table
    }
}
