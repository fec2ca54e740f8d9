import AuspexSignals

/// Writes numbers and texts as bytes: numbers in groups of seven bits, each different text once.
struct HistoryWriter {
    private(set) var bytes: [UInt8] = []
    private var texts: [String: UInt64] = [:]

    /// Writes a number of at least 0.
    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Writes a count.
    mutating func write(_ count: Int) { write(UInt64(max(0, count))) }

    /// Writes a number of either sign, small ones in few bytes.
    mutating func write(signed number: Int64) {
        write(UInt64(bitPattern: number << 1) ^ UInt64(bitPattern: number >> 63))
    }

    /// Writes a text: its number if it was written before, else itself.
    mutating func write(_ text: String) {
        if let known = texts[text] {
            write(known)
            return
        }
        write(UInt64(0))
        texts[text] = UInt64(texts.count + 1)
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what ``HistoryWriter`` has written; whatever the bytes are, it gives an error at worst.
struct HistoryReader {
    /// The bytes are not what a writer writes.
    struct Damaged: Error {}

    private let bytes: [UInt8]
    private let end: Int
    private var position: Int
    private var texts: [String] = []

    init(_ bytes: [UInt8], from start: Int, to end: Int) {
        self.bytes = bytes
        self.end = end
        position = start
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position == end }

    mutating func number() throws(Damaged) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { throw Damaged() }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Damaged()
    }

    /// A count of something of which each takes at least one byte, so that no count makes anybody reserve more than there
    /// is.
    mutating func count() throws(Damaged) -> Int {
        let number = try number()
        guard number <= UInt64(end - position) else { throw Damaged() }
        return Int(number)
    }

    /// A number that fits into an `Int` with room to add to it.
    mutating func integer() throws(Damaged) -> Int {
        let number = try number()
        guard number <= 1 << 48 else { throw Damaged() }
        return Int(number)
    }

    mutating func signed() throws(Damaged) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func text() throws(Damaged) -> String {
        let number = try number()
        if number > 0 {
            guard number <= UInt64(texts.count) else { throw Damaged() }
            return texts[Int(number - 1)]
        }
        let length = try count()
        let text = String(decoding: bytes[position..<position + length], as: UTF8.self)
        position += length
        texts.append(text)
        return text
    }
}
