/// Turns a text into an expression, by recursive descent.
///
/// Precedence, loosest first: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `* / %`, `! -`, selection and calls.
package struct CELParser {
    /// The longest text, in bytes of UTF-8: what the reference implementation accepts in code points.
    package static let longestText = 100_000
    /// The deepest nesting in levels, of which calls and literals of lists and maps have two: as many as the reference
    /// implementation accepts. At up to 1.8 KB of stack a level, compiling and evaluating get by with threads of 512 KB.
    package static let deepestNesting = 250
    /// The deepest nesting of brackets of any kind and of the last parts of `?:`.
    package static let deepestBrackets = 125

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
        guard expression.height <= Self.deepestNesting else {
            throw CELError(
                .tooLarge, "the expression nests deeper than \(Self.deepestNesting) levels", at: position)
        }
        return expression
    }

    // MARK: Operators

    mutating func expression() throws(CELError) -> CELExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestBrackets else {
            throw CELError(
                .tooLarge, "the expression nests deeper than \(Self.deepestBrackets) brackets", at: current.position)
        }
        let condition = try operation()
        let position = current.position
        guard take("?") else { return condition }
        let yes = try operation()
        try expect(":")
        return try make(.conditional(condition, yes, try expression()), at: position)
    }

    mutating func unary() throws(CELError) -> CELExpression {
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
