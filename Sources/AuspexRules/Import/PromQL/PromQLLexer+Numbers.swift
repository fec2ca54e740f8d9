import AuspexSignals

extension PromQLLexer {
    /// Reads a number: `12`, `1_000`, `0x1f`, `017` (octal, as in Prometheus), `1.5e-3`, or a length of time, which is a
    /// number of seconds.
    mutating func number() throws(PromQLError) -> PromQLToken.Kind {
        let start = offset
        // The longest run that may be one: a sign belongs to it right after an exponent only.
        while let scalar = peek() {
            let isExponentSign = (scalar == "+" || scalar == "-") && follows("eE", after: start)
            guard Self.isLetter(scalar) || Self.isDigit(scalar) || scalar == "." || isExponentSign else { break }
            offset += 1
        }
        let text = text(from: start)
        if let span = PromQLDuration.span(text), text != "0" { return .number(Double(span.milliseconds) / 1_000) }
        guard let number = Self.number(text) else {
            throw PromQLError(reason: "'\(text)' is neither a number nor a length of time", offset: start)
        }
        return .number(number)
    }

    /// Whether the last scalar is one of `letters` that stands in a decimal number.
    private func follows(_ letters: String, after start: Int) -> Bool {
        guard offset > start, letters.unicodeScalars.contains(scalars[offset - 1]) else { return false }
        return scalars[start..<offset - 1].allSatisfy { Self.isDigit($0) || $0 == "." || $0 == "_" }
    }

    private static func number(_ text: String) -> Double? {
        guard let digits = withoutSeparators(text) else { return nil }
        let lowercase = digits.lowercased()
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where lowercase.hasPrefix(prefix) {
            return whole(lowercase.dropFirst(prefix.count), radix: radix)
        }
        if digits.count > 1, digits.hasPrefix("0"), let number = whole(digits.dropFirst(), radix: 8) { return number }
        // Swift's reader knows names and hexadecimal digits, too.
        guard digits.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let number = Double(digits),
            number.isFinite
        else { return nil }
        return number
    }

    private static func whole(_ digits: some StringProtocol, radix: Int) -> Double? {
        guard digits.first != "+", digits.first != "-" else { return nil }
        return Int64(digits, radix: radix).map { Double($0) }
    }

    /// The text without the `_` that may stand between two digits; nil where one stands elsewhere.
    private static func withoutSeparators(_ text: String) -> String? {
        guard text.contains("_") else { return text }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        return parts.contains(where: \.isEmpty) ? nil : parts.joined()
    }
}
