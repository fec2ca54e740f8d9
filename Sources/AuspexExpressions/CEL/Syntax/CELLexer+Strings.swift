extension CELLexer {
    /// What stands before a quotation mark.
    struct StringPrefix {
        var isBytes = false
        var isRaw = false
        /// Letters before the quotation mark.
        var length = 0
    }

    /// The prefix, if a string begins here: `"`, `r"`, `b"` or `br"`, in any case, with either mark.
    func stringPrefix() -> StringPrefix? {
        var prefix = StringPrefix()
        if let byte = peek(), byte == UInt8(ascii: "b") || byte == UInt8(ascii: "B") {
            prefix.isBytes = true
            prefix.length += 1
        }
        if let byte = peek(prefix.length), byte == UInt8(ascii: "r") || byte == UInt8(ascii: "R") {
            prefix.isRaw = true
            prefix.length += 1
        }
        guard let mark = peek(prefix.length), mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") else {
            return nil
        }
        return prefix
    }

    /// Reads a string or bytes from its prefix to its last mark.
    mutating func quotedText(_ prefix: StringPrefix, at start: TextPosition) throws(CELError) -> CELValue {
        offset += prefix.length
        let mark = bytes[offset]
        let isTriple = peek(1) == mark && peek(2) == mark
        offset += isTriple ? 3 : 1
        var content: [UInt8] = []
        while true {
            guard let byte = peek(), isTriple || (byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r")) else {
                throw CELError(.syntax, "the string that begins here has no end", at: start)
            }
            if byte == mark, !isTriple || (peek(1) == mark && peek(2) == mark) {
                offset += isTriple ? 3 : 1
                break
            }
            offset += 1
            if byte == UInt8(ascii: "\\"), !prefix.isRaw {
                try escape(into: &content, isBytes: prefix.isBytes, at: start)
            } else {
                content.append(byte)
            }
        }
        return prefix.isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "?"): UInt8(ascii: "?"), UInt8(ascii: "\""): UInt8(ascii: "\""),
        UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "`"): UInt8(ascii: "`"),
    ]

    private mutating func escape(
        into content: inout [UInt8], isBytes: Bool, at start: TextPosition
    ) throws(CELError) {
        guard let letter = peek() else { throw CELError(.syntax, "the string that begins here has no end", at: start) }
        if let simple = Self.simpleEscapes[letter] {
            offset += 1
            content.append(simple)
            return
        }
        let code: UInt32?
        var isByte = false
        switch letter {
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            code = digits(2, radix: 16, skipping: 1)
            isByte = isBytes
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            code = digits(3, radix: 8, skipping: 0)
            isByte = isBytes
        case UInt8(ascii: "u") where !isBytes: code = digits(4, radix: 16, skipping: 1)
        case UInt8(ascii: "U") where !isBytes: code = digits(8, radix: 16, skipping: 1)
        default: code = nil
        }
        if isByte, let code, let byte = UInt8(exactly: code) {
            content.append(byte)
        } else if let code, let scalar = Unicode.Scalar(code) {
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
        } else {
            let shown = Character(Unicode.Scalar(letter))
            throw CELError(
                .syntax, "'\\\(shown)' in the string that begins here is no escape; a backslash itself is '\\\\'",
                at: start)
        }
    }

    /// Reads exactly `count` digits after `skipping` bytes; nil if there are other characters.
    private mutating func digits(_ count: Int, radix: UInt32, skipping: Int) -> UInt32? {
        offset += skipping
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek()?.hexDigit, digit < radix else { return nil }
            value = value &* radix &+ digit
            offset += 1
        }
        return value
    }
}
