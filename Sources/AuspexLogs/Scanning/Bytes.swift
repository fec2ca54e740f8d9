/// Byte tests of the log grammar. Bytes from 0x80 up count as letters, so that text in any UTF-8 script, and broken
/// UTF-8 as well, stays in one word.
extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
    @inline(__always) var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    @inline(__always) var isUpperCase: Bool { self &- 0x41 < 26 }
    @inline(__always) var isLetter: Bool { self >= 0x80 || isASCIILetter }
    @inline(__always) var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
    @inline(__always) var isAlphanumeric: Bool { isDigit || isLetter }
    @inline(__always) var isWord: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
    @inline(__always) var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }
    @inline(__always) var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// The value of a decimal digit; meaningless for another byte.
    @inline(__always) var digitValue: Int { Int(self &- 0x30) }
    /// The byte with an ASCII capital made small.
    @inline(__always) var lowerCased: UInt8 { isUpperCase ? self | 0x20 : self }
}

extension Span<UInt8> {
    /// The byte at `index`, or a space past the end, so that look-ahead needs no bounds test of its own.
    @inline(__always) func peek(_ index: Int) -> UInt8 { index < count ? self[index] : 0x20 }

    /// Whether the `length` bytes from `start` on all pass `test` and exist.
    @inline(__always) func all(_ length: Int, from start: Int, _ test: (UInt8) -> Bool) -> Bool {
        guard start + length <= count else { return false }
        for index in start..<start + length where !test(self[index]) { return false }
        return true
    }

    /// Whether `length` decimal digits stand at `start`.
    @inline(__always) func hasDigits(_ length: Int, at start: Int) -> Bool {
        all(length, from: start) { $0.isDigit }
    }

    /// The end of the decimal digits from `start` on.
    @inline(__always) func endOfDigits(from start: Int) -> Int { end(from: start) { $0.isDigit } }

    /// The end of the run of bytes from `start` on that pass `test`.
    @inline(__always) func end(from start: Int, while test: (UInt8) -> Bool) -> Int {
        var index = start
        while index < count, test(self[index]) { index += 1 }
        return index
    }

    /// Whether `text` stands at `start`.
    func has(_ text: StaticString, at start: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard start + length <= count else { return false }
        for index in 0..<length where self[start + index] != text.utf8Start[index] { return false }
        return true
    }

    /// The value of the decimal digits in `range`, which must be at most 18 digits.
    func number(_ range: Range<Int>) -> Int {
        var value = 0
        for index in range { value = value * 10 + self[index].digitValue }
        return value
    }

    /// The bytes in `range` as text; broken UTF-8 becomes U+FFFD.
    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes in `range` as an array.
    func array(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { Array($0) }
    }
}

/// The role of each byte in the grammar, as one bit of a table that the scanner reads once a byte. Letters and all bytes
/// that join the words beside them have none.
enum ByteRole {
    static let digit: UInt8 = 1
    static let space: UInt8 = 2
    /// A delimiter that is a token of its own wherever it stands.
    static let delimiter: UInt8 = 4

    /// Bytes at which a word ends.
    static let stop: UInt8 = space | delimiter

    static let delimiters = "=,;:()[]{}<>\"'|!?#`"

    /// The role of every byte value.
    static let table: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        if byte.isSpace { return space }
        if delimiters.utf8.contains(byte) { return delimiter }
        return byte.isDigit ? digit : 0
    }
}
