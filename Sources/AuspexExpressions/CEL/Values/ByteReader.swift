/// Reads the small grammars of moments, lengths of time and offsets, from left to right.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// The next byte if it is a digit.
    mutating func digit() -> Int64? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        defer { position += 1 }
        return Int64(bytes[position] - UInt8(ascii: "0"))
    }

    /// Exactly `digits` digits, at most 18.
    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One to `width` digits as that many decimals: `5` is 500 of width 3.
    mutating func decimals(_ width: Int) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while count < width, let digit = digit() {
            value = value * 10 + digit
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<width { value *= 10 }
        return value
    }

    /// A UTC offset in seconds: `Z` or `+01:00`.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), take(":"), let minutes = number(digits: 2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 3_600 + minutes * 60)
    }

    /// The letters from here on; `µ` and `μ` count as letters.
    mutating func letters() -> String {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "a") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
