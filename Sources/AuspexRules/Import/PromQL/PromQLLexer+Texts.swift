extension PromQLLexer {
    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "\\": "\\", "'": "'",
        "\"": "\"",
    ]

    /// Reads a text from its first mark to its last: in `"` or `'` with Go's escapes, between backticks as it stands.
    mutating func quotedText(_ mark: Unicode.Scalar) throws(PromQLError) -> String {
        let start = offset
        offset += 1
        // Escapes write bytes, several of which may make one character.
        var bytes: [UInt8] = []
        while true {
            guard let scalar = peek(), mark == "`" || scalar != "\n" else {
                throw PromQLError(reason: "the text that begins here has no end", offset: start)
            }
            offset += 1
            if scalar == mark { break }
            if scalar == "\\", mark != "`" {
                bytes += try escape(in: mark)
            } else {
                bytes += Array(String(scalar).utf8)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PromQLError(reason: "the text that begins here is not UTF-8", offset: start)
        }
        return text
    }

    private mutating func escape(in mark: Unicode.Scalar) throws(PromQLError) -> [UInt8] {
        let start = offset - 1
        let wrong = PromQLError(reason: "no escape of PromQL; a backslash itself is '\\\\'", offset: start)
        guard let letter = peek() else { throw wrong }
        offset += 1
        // The mark of the other kind is no escape.
        let isOtherMark = (letter == "'" || letter == "\"") && letter != mark
        if let simple = Self.escapes[letter], !isOtherMark { return Array(String(simple).utf8) }
        switch letter {
        case "x":
            guard let code = code(2, radix: 16) else { throw wrong }
            return [UInt8(truncatingIfNeeded: code)]
        case "0"..."7":
            offset -= 1
            guard let code = code(3, radix: 8), code < 256 else { throw wrong }
            return [UInt8(truncatingIfNeeded: code)]
        case "u", "U":
            guard let code = code(letter == "u" ? 4 : 8, radix: 16), let scalar = Unicode.Scalar(code) else {
                throw wrong
            }
            return Array(String(scalar).utf8)
        default: throw wrong
        }
    }

    /// Reads exactly `count` digits.
    private mutating func code(_ count: Int, radix: Int) -> UInt32? {
        let start = offset
        while offset - start < count, let scalar = peek(), Self.isLetter(scalar) || Self.isDigit(scalar) { offset += 1 }
        return offset - start == count ? UInt32(text(from: start), radix: radix) : nil
    }
}
