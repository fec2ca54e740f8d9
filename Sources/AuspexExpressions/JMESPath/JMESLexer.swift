import AuspexSignals

/// A word of the language with its place.
struct JMESToken {
    enum Kind: Equatable {
        case identifier(String)
        case quotedIdentifier(String)
        case literal(JSONValue)
        case number(Int)
        case symbol(String)
        case end
    }

    let kind: Kind
    let position: TextPosition

    /// How tightly the token binds to what stands before it; 0 for one that ends an expression.
    var bindingPower: Int {
        guard case .symbol(let text) = kind else { return 0 }
        return Self.bindingPowers[text] ?? 0
    }

    /// Only the order counts; the same as in the reference implementation.
    private static let bindingPowers = [
        "|": 1, "||": 2, "&&": 3, "==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5, "[]": 9, "*": 20, "[?": 21,
        ".": 40, "!": 45, "{": 50, "[": 55, "(": 60,
    ]

    var shown: String {
        switch kind {
        case .identifier(let name): "'\(name)'"
        case .quotedIdentifier(let name): "'\"\(name)\"'"
        case .literal: "a literal"
        case .number(let number): "number \(number)"
        case .symbol(let text): "'\(text)'"
        case .end: "the end of the expression"
        }
    }
}

/// Cuts a text into tokens. One pass: O(length).
struct JMESLexer {
    private let bytes: [UInt8]
    private var offset = 0
    /// The place up to which `position` was counted.
    private var counted = 0
    private var position = TextPosition(line: 1, column: 1)

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The tokens of `text`; the last is ``JMESToken/Kind/end``.
    static func tokens(of text: String) throws(JMESPathError) -> [JMESToken] {
        var lexer = JMESLexer(text)
        var tokens: [JMESToken] = []
        repeat {
            tokens.append(try lexer.next())
        } while tokens.last?.kind != .end
        return tokens
    }

    /// Longer ones first.
    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", "[]", "[?", "&", "|", "<", ">", "!", ".", "*", "[", "]", "(", ")", "{", "}",
        ",", ":", "@",
    ]

    private mutating func next() throws(JMESPathError) -> JMESToken {
        while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { offset += 1 }
        let start = advancePosition()
        guard let byte = peek() else { return JMESToken(kind: .end, position: start) }
        let kind: JMESToken.Kind
        switch byte {
        case UInt8(ascii: "\""): kind = .quotedIdentifier(try quotedName(at: start))
        case UInt8(ascii: "'"): kind = .literal(.string(try rawString(at: start)))
        case UInt8(ascii: "`"): kind = .literal(try literal(at: start))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = .number(try number(at: start))
        case _ where byte.isLetter:
            let first = offset
            while let byte = peek(), byte.isLetter || byte.isDigit { offset += 1 }
            kind = .identifier(String(decoding: bytes[first..<offset], as: UTF8.self))
        default: kind = .symbol(try symbol(at: start))
        }
        return JMESToken(kind: kind, position: start)
    }

    private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

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

    private mutating func symbol(at start: TextPosition) throws(JMESPathError) -> String {
        for symbol in Self.symbols where bytes[offset...].starts(with: symbol.utf8) {
            offset += symbol.utf8.count
            return symbol
        }
        let character = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self).first ?? " "
        let hint = character == "=" ? "; equality is '=='" : ""
        throw JMESPathError(.syntax, "unexpected '\(character)'\(hint)", at: start)
    }

    private mutating func number(at start: TextPosition) throws(JMESPathError) -> Int {
        let first = offset
        offset += 1
        while let byte = peek(), byte.isDigit { offset += 1 }
        let text = String(decoding: bytes[first..<offset], as: UTF8.self)
        guard let number = Int(text) else {
            throw JMESPathError(.syntax, "'\(text.prefix(40))' is no index", at: start)
        }
        return number
    }

    /// The bytes up to `mark`, which is gone over. A backslash keeps the byte after it from ending them.
    private mutating func content(endingWith mark: Unicode.Scalar, at start: TextPosition) throws(JMESPathError)
        -> [UInt8]
    {
        offset += 1
        let first = offset
        while let byte = peek(), byte != UInt8(ascii: mark) { offset += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard offset < bytes.count else {
            throw JMESPathError(.syntax, "what begins here with \(mark) has no end", at: start)
        }
        defer { offset += 1 }
        return Array(bytes[first..<offset])
    }

    private mutating func quotedName(at start: TextPosition) throws(JMESPathError) -> String {
        let content = String(decoding: try content(endingWith: "\"", at: start), as: UTF8.self)
        guard case .string(let name)? = try? JSONValue(parsing: "\"\(content)\"") else {
            throw JMESPathError(.syntax, "the name in double quotes is no JSON string", at: start)
        }
        return name
    }

    /// Nothing but `\'` has a meaning in a raw string.
    private mutating func rawString(at start: TextPosition) throws(JMESPathError) -> String {
        String(decoding: Self.unescaped(try content(endingWith: "'", at: start), "'"), as: UTF8.self)
    }

    private mutating func literal(at start: TextPosition) throws(JMESPathError) -> JSONValue {
        let text = String(decoding: Self.unescaped(try content(endingWith: "`", at: start), "`"), as: UTF8.self)
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw JMESPathError(
                .syntax, "the literal in backquotes is \(error); a plain string is written 'text'", at: start)
        }
    }

    private static func unescaped(_ content: [UInt8], _ mark: Unicode.Scalar) -> [UInt8] {
        var result: [UInt8] = []
        var rest = content[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: mark) {
                rest.removeFirst()
                result.append(UInt8(ascii: mark))
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
