/// Turns a text into an expression, by recursive descent.
///
/// Precedence, loosest first: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `* / %`, `! -`, selection and calls.
package struct CELParser {
    /// The longest text, in bytes of UTF-8: what the reference implementation accepts in code points.
    package static let longestText = 100_000
    /// The deepest nesting: what the reference implementation accepts.
    package static let deepestNesting = 250

    private let tokens: [CELToken]
    private var index = 0
    private var depth = 0

    /// Parses `text`. O(length).
    ///
    /// - Throws: ``CELError`` of kind `syntax` or `tooLarge`, with its line and column.
    package static func parse(_ text: String) throws(CELError) -> CELExpression {
        guard text.utf8.count <= longestText else {
            throw CELError(
                .tooLarge, "the expression has \(text.utf8.count) bytes; at most \(longestText) are accepted",
                at: TextPosition(line: 1, column: 1))
        }
        var parser = CELParser(tokens: try CELLexer.tokens(of: text))
        let expression = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
        return expression
    }

    private init(tokens: [CELToken]) {
        self.tokens = tokens
    }

    // MARK: Tokens

    var current: CELToken { tokens[index] }

    /// Goes one token on and returns the one that was current. The last token, the end, stays.
    @discardableResult
    mutating func advance() -> CELToken {
        defer { if index + 1 < tokens.count { index += 1 } }
        return tokens[index]
    }

    /// Goes over `symbol` if it is next.
    mutating func take(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(CELError) {
        guard take(symbol) else { throw unexpected("'\(symbol)'") }
    }

    func unexpected(_ wanted: String) -> CELError {
        CELError(.syntax, "expected \(wanted), found \(current.shown)", at: current.position)
    }

    /// Builds an expression, unless it nests too deep.
    func make(_ syntax: CELSyntax, at position: TextPosition) throws(CELError) -> CELExpression {
        let expression = CELExpression(syntax, at: position)
        guard expression.height <= Self.deepestNesting else { throw tooDeep(at: position) }
        return expression
    }

    private func tooDeep(at position: TextPosition) -> CELError {
        CELError(.tooLarge, "the expression nests deeper than \(Self.deepestNesting) levels", at: position)
    }

    // MARK: Operators

    mutating func expression() throws(CELError) -> CELExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestNesting else { throw tooDeep(at: current.position) }
        let condition = try or()
        let position = current.position
        guard take("?") else { return condition }
        let yes = try or()
        try expect(":")
        return try make(.conditional(condition, yes, try expression()), at: position)
    }

    private mutating func or() throws(CELError) -> CELExpression {
        let first = try and()
        let position = current.position
        var terms = [first]
        while take("||") { terms.append(try and()) }
        return terms.count == 1 ? first : try make(.or(terms), at: position)
    }

    private mutating func and() throws(CELError) -> CELExpression {
        let first = try binary(precedence: 1)
        let position = current.position
        var terms = [first]
        while take("&&") { terms.append(try binary(precedence: 1)) }
        return terms.count == 1 ? first : try make(.and(terms), at: position)
    }

    private mutating func binary(precedence: Int) throws(CELError) -> CELExpression {
        guard precedence <= 3 else { return try unary() }
        var left = try binary(precedence: precedence + 1)
        while let name = binaryOperator, name.precedence == precedence {
            let position = advance().position
            left = try make(.binary(name, left, try binary(precedence: precedence + 1)), at: position)
        }
        return left
    }

    private var binaryOperator: CELSyntax.Binary? {
        switch current.kind {
        case .symbol(let text): CELSyntax.Binary(rawValue: text)
        case .identifier("in"): .in
        default: nil
        }
    }

    private mutating func unary() throws(CELError) -> CELExpression {
        var positions: [TextPosition] = []
        let name: CELSyntax.Unary = current.kind == .symbol("!") ? .not : .minus
        while current.kind == .symbol(name.rawValue) { positions.append(advance().position) }
        guard let last = positions.last else { return try member() }
        var operand: CELExpression
        if name == .minus, let literal = try negativeLiteral(at: last) {
            positions.removeLast()
            operand = try members(of: literal)
        } else if name == .not, current.kind == .symbol("-") {
            let minus = advance().position
            guard let literal = try negativeLiteral(at: minus) else {
                throw unexpected("a number or brackets after '!-'")
            }
            operand = try members(of: literal)
        } else {
            operand = try member()
        }
        for position in positions.reversed() { operand = try make(.unary(name, operand), at: position) }
        return operand
    }

    /// The number that follows a minus, which belongs to the literal: otherwise -9223372036854775808 couldn't be written.
    private mutating func negativeLiteral(at position: TextPosition) throws(CELError) -> CELExpression? {
        switch current.kind {
        case .integer(let magnitude):
            guard magnitude <= Int64.min.magnitude else { throw outOfRange("-\(magnitude)", at: position) }
            advance()
            return try make(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), at: position)
        case .literal(.double(let number)):
            advance()
            return try make(.literal(.double(-number)), at: position)
        default: return nil
        }
    }

    func outOfRange(_ text: String, at position: TextPosition) -> CELError {
        CELError(.syntax, "\(text) exceeds the range of int; larger numbers are written with a u: 1u", at: position)
    }
}
