/// A word of the language with its place.
struct CELToken {
    enum Kind: Equatable {
        /// A name, which may be a reserved word.
        case identifier(String)
        /// A name in backquotes, which may hold other characters and only names a field.
        case quotedIdentifier(String)
        /// A whole number without its sign.
        case integer(UInt64)
        /// A literal of any other kind.
        case literal(CELValue)
        /// An operator or a bracket.
        case symbol(String)
        /// The end of the text.
        case end
    }

    let kind: Kind
    let position: TextPosition

    /// Words that can't be names of variables and functions.
    static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "package", "namespace", "null", "return", "true", "var", "void", "while",
    ]

    /// Operators and brackets, the longer ones first.
    static let symbols: [String] = [
        "==", "!=", "<=", ">=", "&&", "||", ".?", "[?", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(",
        ")", "[", "]", "{", "}",
    ]

    /// The word as an error message shows it.
    var shown: String {
        switch kind {
        case .identifier(let name): "'\(name)'"
        case .quotedIdentifier(let name): "'`\(name)`'"
        case .integer(let number): "number \(number)"
        case .literal(.string): "a string"
        case .literal(let value): "a \(value.type.name)"
        case .symbol(let text): "'\(text)'"
        case .end: "the end of the expression"
        }
    }
}
