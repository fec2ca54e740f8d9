/// How often the bytes that decide a word's class occur in it, eight counters in one number: the scanner adds one table
/// entry a byte and knows them all when the word ends.
struct ByteTally {
    /// The counters, eight bits each; right for words of at most ``longestWord`` bytes.
    var lanes: UInt64 = 0

    /// In a longer word a counter could run over into the next.
    static let longestWord = 127

    private enum Lane: UInt64 {
        case digit, hexLetter, dot, dash, slash, backslash, at, other
    }

    /// What each byte adds: nothing for letters beyond `f` and for `_`, ``stop`` where a word ends.
    static let table: [UInt64] = (UInt8.min...UInt8.max).map { byte in
        let lane: Lane
        switch byte {
        case _ where ByteRole.table[Int(byte)] & ByteRole.stop != 0: return stop
        case UInt8(ascii: "."): lane = .dot
        case UInt8(ascii: "-"): lane = .dash
        case UInt8(ascii: "/"): lane = .slash
        case UInt8(ascii: "\\"): lane = .backslash
        case UInt8(ascii: "@"): lane = .at
        case UInt8(ascii: "_"): return 0
        case _ where byte.isDigit: lane = .digit
        case _ where byte.isLetter: if byte.isHexDigit { lane = .hexLetter } else { return 0 }
        default: lane = .other
        }
        return 1 << (8 * lane.rawValue)
    }

    /// The highest bit of the last counter, which no word of ``longestWord`` bytes reaches.
    static let stop: UInt64 = 1 << 63

    private func count(_ lane: Lane) -> Int { Int(truncatingIfNeeded: lanes >> (8 * lane.rawValue) & 0xff) }

    var digits: Int { count(.digit) }
    var hexLetters: Int { count(.hexLetter) }
    var dots: Int { count(.dot) }
    var dashes: Int { count(.dash) }
    var slashes: Int { count(.slash) }
    var backslashes: Int { count(.backslash) }
    var ats: Int { count(.at) }
    /// Whether there are bytes that a host name cannot have.
    var hasForeign: Bool { lanes >> 32 != 0 }
    /// Whether there are letters and `_` alone.
    var hasLettersOnly: Bool { lanes & ~(0xff << 8) == 0 }

    /// The counters of a word of any length; each stops at ``longestWord``, which is enough for every rule but that
    /// hexadecimal digits fill the word.
    init(_ line: Span<UInt8>, _ word: Range<Int>) {
        let table = Self.table
        for index in word {
            let entry = table[Int(line[index])]
            if lanes & (entry &* UInt64(Self.longestWord)) != entry &* UInt64(Self.longestWord) { lanes &+= entry }
        }
    }

    init(lanes: UInt64) { self.lanes = lanes }
}
