/// Cuts a text into tokens. One pass, no backtracking: O(length).
struct CELLexer {
    let bytes: [UInt8]
    /// The byte that is read next.
    var offset = 0
    /// The place up to which `position` was counted.
    private var counted = 0
    private var position = TextPosition(line: 1, column: 1)

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The tokens of `text`; the last is ``CELToken/Kind/end``.
    static func tokens(of text: String) throws(CELError) -> [CELToken] {
        var lexer = CELLexer(text)
        var tokens: [CELToken] = []
        repeat {
            tokens.append(try lexer.next())
        } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(CELError) -> CELToken {
        skipBlanksAndComments()
        let start = advancePosition()
        guard let byte = peek() else { return CELToken(kind: .end, position: start) }
        let kind: CELToken.Kind
        if let prefix = stringPrefix() {
            kind = .literal(try quotedText(prefix, at: start))
        } else if byte.isLetter {
            kind = .identifier(name())
        } else if byte.isDigit || (byte == UInt8(ascii: ".") && (peek(1)?.isDigit ?? false)) {
            kind = try number(at: start)
        } else if byte == UInt8(ascii: "`") {
            kind = .quotedIdentifier(try quotedName(at: start))
        } else {
            kind = .symbol(try symbol(at: start))
        }
        return CELToken(kind: kind, position: start)
    }

    /// The byte `distance` further on.
    func peek(_ distance: Int = 0) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    private mutating func skipBlanksAndComments() {
        while let byte = peek() {
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                while let byte = peek(), byte != UInt8(ascii: "\n") { offset += 1 }
            } else if byte == UInt8(ascii: " ") || (9...13).contains(byte) {
                offset += 1
            } else {
                return
            }
        }
    }

    /// The position of the byte that is read next.
    private mutating func advancePosition() -> TextPosition {
        for byte in bytes[counted..<offset] {
            if byte == UInt8(ascii: "\n") {
                position.line += 1
                position.column = 1
            } else if byte & 0b1100_0000 != 0b1000_0000 {
                position.column += 1
            }
        }
        counted = offset
        return position
    }

    private mutating func name() -> String {
        let start = offset
        while let byte = peek(), byte.isLetter || byte.isDigit { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func quotedName(at start: TextPosition) throws(CELError) -> String {
        offset += 1
        let first = offset
        while let byte = peek(), byte.isLetter || byte.isDigit || Self.quotedNameBytes.contains(byte) { offset += 1 }
        guard peek() == UInt8(ascii: "`"), offset > first else {
            throw CELError(
                .syntax, "a name in backquotes has letters, digits and any of '_ . - /' and ends with a backquote",
                at: start)
        }
        defer { offset += 1 }
        return String(decoding: bytes[first..<offset], as: UTF8.self)
    }

    private static let quotedNameBytes = Set("_.-/ ".utf8)

    private mutating func symbol(at start: TextPosition) throws(CELError) -> String {
        for symbol in CELToken.symbols where bytes[offset...].starts(with: symbol.utf8) {
            offset += symbol.utf8.count
            return symbol
        }
        let character = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self).first ?? " "
        let hint =
            switch character {
            case "=": "; equality is '=='"
            case "&": "; 'and' is '&&'"
            case "|": "; 'or' is '||'"
            default: ""
            }
        throw CELError(.syntax, "unexpected '\(character)'\(hint)", at: start)
    }
}

extension UInt8 {
    /// Whether the byte is a letter of a name, which is ASCII; the underscore is one.
    var isLetter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Whether the byte is an ASCII digit.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// The value of a hexadecimal digit.
    var hexDigit: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
