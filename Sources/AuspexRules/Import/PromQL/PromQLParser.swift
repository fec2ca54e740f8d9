/// Reads PromQL as Prometheus does. Types are not checked: what has no meaning there has none in rules either, and is told
/// when the expression is to be said in their language.
struct PromQLParser {
    /// Brackets, calls and signs inside one another.
    static let deepestNesting = 64
    /// Operators, ranges and modifiers in one expression; each may be a level of its own.
    static let mostOperators = 128

    private let tokens: [PromQLToken]
    private var place = 0
    private var depth = 0
    private var operators = 0

    private init(_ tokens: [PromQLToken]) {
        self.tokens = tokens
    }

    /// The expression that `text` writes.
    static func parse(_ text: String) throws(PromQLError) -> PromQLExpression {
        var parser = PromQLParser(try PromQLLexer.tokens(of: text))
        guard parser.current.kind != .end else { throw parser.unexpected("an expression") }
        let expression = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator") }
        return expression
    }

    // MARK: Tokens

    /// The token that comes next.
    var current: PromQLToken { tokens[place] }

    /// The token after that; the last one behind the end.
    var following: PromQLToken { tokens[min(place + 1, tokens.count - 1)] }

    /// Goes on to the next token; the end stays.
    mutating func advance() { place = min(place + 1, tokens.count - 1) }

    /// Whether `symbol` comes next.
    func isNext(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    /// Takes `symbol` if it comes next.
    mutating func take(_ symbol: String) -> Bool {
        guard isNext(symbol) else { return false }
        advance()
        return true
    }

    /// Takes `symbol`, which has to come next.
    mutating func expect(_ symbol: String) throws(PromQLError) {
        guard take(symbol) else { throw unexpected("'\(symbol)'") }
    }

    /// The word that comes next, in small letters, if it is one of `words`.
    func keyword(_ words: Set<String>) -> PromQLWord? {
        guard case .word(let name) = current.kind, words.contains(name.lowercased()) else { return nil }
        return PromQLWord(text: name.lowercased(), offset: current.offset)
    }

    /// The mistake that something else than `wanted` comes next.
    func unexpected(_ wanted: String) -> PromQLError {
        PromQLError(reason: "\(current.shown) where \(wanted) is to be", offset: current.offset)
    }

    /// Reads something one level deeper.
    mutating func nested<Result>(
        _ read: (inout PromQLParser) throws(PromQLError) -> Result
    ) throws(PromQLError) -> Result {
        guard depth < Self.deepestNesting else {
            throw PromQLError(reason: "nested more than \(Self.deepestNesting) levels deep", offset: current.offset)
        }
        depth += 1
        let result = try read(&self)
        depth -= 1
        return result
    }

    // MARK: Operators

    /// Reads operands and operators that bind at least as tightly as `precedence`.
    mutating func expression(_ precedence: Int = 1) throws(PromQLError) -> PromQLExpression {
        var left = try unary()
        while let name = nextOperator, name.precedence >= precedence {
            let offset = current.offset
            try countOperator()
            advance()
            let boolOffset = keyword(["bool"])?.offset
            if boolOffset != nil { advance() }
            let matching = try matching()
            // `^` groups to the right, the others to the left.
            let limit = name == .power ? name.precedence : name.precedence + 1
            let right = try nested { parser throws(PromQLError) in try parser.expression(limit) }
            let binary = PromQLBinary(name: name, left: left, right: right, boolOffset: boolOffset, matching: matching)
            left = PromQLExpression(syntax: .binary(binary), offset: offset)
        }
        return left
    }

    /// Counts what comes next as an operator.
    mutating func countOperator() throws(PromQLError) {
        operators += 1
        guard operators <= Self.mostOperators else {
            throw PromQLError(reason: "more than \(Self.mostOperators) operators", offset: current.offset)
        }
    }

    private var nextOperator: PromQLOperator? {
        switch current.kind {
        case .symbol(let symbol): PromQLOperator(rawValue: symbol)
        case .word(let name): PromQLOperator(rawValue: name.lowercased())
        default: nil
        }
    }

    /// A sign binds less tightly than `^` only.
    private mutating func unary() throws(PromQLError) -> PromQLExpression {
        let offset = current.offset
        guard isNext("-") || isNext("+") else { return try postfix() }
        let isNegated = isNext("-")
        advance()
        let operand = try nested { parser throws(PromQLError) in
            try parser.expression(PromQLOperator.power.precedence)
        }
        return isNegated ? PromQLExpression(syntax: .negated(operand), offset: offset) : operand
    }

    /// `on (a, b)`, `ignoring (a)`, `group_left (c)`, `fill (0)`: only the first word counts, as none can be said.
    private mutating func matching() throws(PromQLError) -> PromQLWord? {
        let words: Set = ["on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"]
        var first: PromQLWord?
        while let word = keyword(words) {
            // The other words may be names of metrics when no bracket follows.
            let needsBracket = !word.text.hasPrefix("group_")
            guard !needsBracket || following.kind == .symbol("(") else { break }
            advance()
            if isNext("(") {
                if word.text.hasPrefix("fill") {
                    advance()
                    _ = try nested { parser throws(PromQLError) in try parser.expression() }
                    try expect(")")
                } else {
                    try labelList()
                }
            }
            first = first ?? word
        }
        return first
    }
}
