/// Values of a series in the notation of `promtool test rules`.
///
/// Blanks separate `5`, `_` (no value), `stale` (the series ends here), and runs: `a+bxn` is a, a+b, … a+b·n, and `a-bxn`
/// likewise, so they have n+1 values; `axn` is a, n+1 times; `_xn` is n missing values.
struct SeriesNotation {
    /// One place in the series.
    enum Value: Equatable {
        case number(Double)
        case missing
        case stale
    }

    /// Why a text is not in the notation.
    struct Mistake: Error, Equatable {
        /// How many Unicode scalars come before the wrong word.
        let offset: Int
        let reason: String
    }

    /// Places in one series; a run of a billion is a mistake of typing.
    static let longest = 100_000

    /// The values.
    let values: [Value]

    /// Reads `text`.
    init(_ text: String) throws(Mistake) {
        var values: [Value] = []
        for (offset, word) in Self.words(text) {
            guard let run = Self.run(word) else {
                throw Mistake(
                    offset: offset,
                    reason: "'\(word)' is no value; write 1, 1x4, 0+10x5, 5-1x3, _, _x3 or stale")
            }
            guard run.count <= Self.longest - values.count else {
                throw Mistake(offset: offset, reason: "more than \(Self.longest) values in one series")
            }
            for index in 0..<run.count { values.append(run.value(index)) }
        }
        self.values = values
    }

    private static func words(_ text: String) -> [(offset: Int, word: Substring)] {
        var words: [(Int, Substring)] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var offset = 0
        while start < scalars.endIndex {
            let end = scalars[start...].firstIndex { $0 == " " || $0 == "\n" || $0 == "\t" } ?? scalars.endIndex
            if end > start { words.append((offset, text[start..<end])) }
            offset += scalars.distance(from: start, to: end) + 1
            start = end < scalars.endIndex ? scalars.index(after: end) : end
        }
        return words
    }

    private struct Run {
        let first: Value
        let step: Double
        let count: Int

        func value(_ index: Int) -> Value {
            if case .number(let number) = first { .number(number + step * Double(index)) } else { first }
        }
    }

    private static func run(_ word: Substring) -> Run? {
        if word == "stale" { return Run(first: .stale, step: 0, count: 1) }
        var rest = word
        if rest.hasPrefix("_") {
            rest.removeFirst()
            guard let count = rest.isEmpty ? 1 : times(&rest) else { return nil }
            return Run(first: .missing, step: 0, count: count)
        }
        guard let first = number(&rest) else { return nil }
        if rest.isEmpty { return Run(first: .number(first), step: 0, count: 1) }
        var step = 0.0
        if let sign = rest.first, sign == "+" || sign == "-" {
            rest.removeFirst()
            guard rest.first != "+", rest.first != "-", let size = number(&rest) else { return nil }
            step = sign == "-" ? -size : size
        }
        guard let count = times(&rest), count < .max else { return nil }
        return Run(first: .number(first), step: step, count: count + 1)
    }

    /// Takes `x` and a whole number, which has to be all that is left.
    private static func times(_ rest: inout Substring) -> Int? {
        guard rest.first == "x" else { return nil }
        rest.removeFirst()
        guard rest.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(rest)
    }

    /// Takes the longest number from the front.
    private static func number(_ rest: inout Substring) -> Double? {
        let bytes = Array(rest.utf8)
        var end = 0
        func isDigit(_ index: Int) -> Bool {
            index < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
        }
        func isSign(_ index: Int) -> Bool {
            index < bytes.count && (bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"))
        }
        if isSign(end) { end += 1 }
        for (name, value) in [("NaN", Double.nan), ("Inf", .infinity)] where bytes[end...].starts(with: name.utf8) {
            let isNegative = end == 1 && bytes[0] == UInt8(ascii: "-")
            rest = rest.dropFirst(end + name.utf8.count)
            return isNegative ? -value : value
        }
        while isDigit(end) || (end < bytes.count && bytes[end] == UInt8(ascii: ".")) { end += 1 }
        if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
            let exponent = isSign(end + 1) ? end + 2 : end + 1
            if isDigit(exponent) {
                end = exponent
                while isDigit(end) { end += 1 }
            }
        }
        guard let value = Double(String(decoding: bytes[..<end], as: UTF8.self)) else { return nil }
        rest = rest[rest.utf8.index(rest.startIndex, offsetBy: end)...]
        return value
    }
}
