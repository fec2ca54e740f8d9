/// Cuts a PromQL expression into tokens. Linear in its length.
struct PromQLLexer {
    /// Words in one expression: a text of a million brackets is a mistake.
    static let mostTokens = 10_000

    /// The text.
    let scalars: [Unicode.Scalar]
    /// The place of the next scalar.
    var offset = 0
    /// Square brackets, in which a colon divides, and braces that are open; outside both it belongs to names.
    private var openBrackets = 0

    /// Symbols, longer ones first.
    private static let symbols = [
        "==", "=~", "!=", "!~", ">=", "<=", "(", ")", "{", "}", "[", "]", ",", ":", "+", "-", "*", "/", "%", "^", "=",
        ">", "<", "@",
    ].map { ($0, Array($0.unicodeScalars)) }

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// The tokens of `text`, the last of which is the end.
    static func tokens(of text: String) throws(PromQLError) -> [PromQLToken] {
        var lexer = PromQLLexer(text)
        var tokens: [PromQLToken] = []
        while true {
            lexer.skipBlanks()
            let start = lexer.offset
            guard tokens.count < mostTokens else {
                throw PromQLError(reason: "an expression of more than \(mostTokens) words", offset: start)
            }
            guard let kind = try lexer.next() else {
                return tokens + [PromQLToken(kind: .end, offset: start)]
            }
            tokens.append(PromQLToken(kind: kind, offset: start))
        }
    }

    /// The scalar `distance` places ahead; nil behind the end.
    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        offset + distance < scalars.count ? scalars[offset + distance] : nil
    }

    /// The text from `start` to the place that was reached.
    func text(from start: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[start..<offset])
        return text
    }

    private mutating func next() throws(PromQLError) -> PromQLToken.Kind? {
        guard let scalar = peek() else { return nil }
        if scalar == "\"" || scalar == "'" || scalar == "`" { return .text(try quotedText(scalar)) }
        if Self.isDigit(scalar) || (scalar == "." && peek(1).map(Self.isDigit) ?? false) { return try number() }
        if isNameStart(scalar) { return word() }
        guard let symbol = Self.symbols.first(where: { scalars[offset...].starts(with: $0.1) }) else {
            throw PromQLError(reason: "PromQL has no character '\(scalar)'", offset: offset)
        }
        offset += symbol.1.count
        if symbol.0 == "[" || symbol.0 == "{" { openBrackets += 1 }
        if symbol.0 == "]" || symbol.0 == "}" { openBrackets = max(0, openBrackets - 1) }
        return .symbol(symbol.0)
    }

    private mutating func word() -> PromQLToken.Kind {
        let start = offset
        while let scalar = peek(), isNameStart(scalar) || Self.isDigit(scalar) { offset += 1 }
        let name = text(from: start)
        switch name.lowercased() {
        case "inf": return .number(.infinity)
        case "nan": return .number(.nan)
        default: return .word(name)
        }
    }

    private mutating func skipBlanks() {
        while let scalar = peek() {
            if scalar == "#" {
                while let scalar = peek(), scalar != "\n" { offset += 1 }
            } else if [" ", "\t", "\n", "\r"].contains(scalar) {
                offset += 1
            } else {
                return
            }
        }
    }

    private func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        Self.isLetter(scalar) || (scalar == ":" && openBrackets == 0)
    }

    /// Whether a name may begin with it, colons aside.
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// Whether it is a decimal digit.
    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
