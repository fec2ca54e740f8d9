import AuspexSignals

/// Turns a text into an expression, by operator precedence (Pratt 1973), as the reference implementation does.
struct JMESParser {
    /// The longest text, in bytes.
    static let longestText = 65_536
    /// The deepest nesting of an expression, and of lists and objects that it may put around values.
    static let deepestNesting = 250
    /// Tokens that bind less tightly end the right side of a projection.
    private static let projectionStop = 10

    private let tokens: [JMESToken]
    private var index = 0
    private var depth = 0

    static func parse(_ text: String) throws(JMESPathError) -> JMESExpression {
        guard text.utf8.count <= longestText else {
            throw JMESPathError(
                .tooLarge, "the expression has \(text.utf8.count) bytes; at most \(longestText) are accepted")
        }
        var parser = JMESParser(tokens: try JMESLexer.tokens(of: text))
        let expression = try parser.expression(0)
        guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
        return expression
    }

    private init(tokens: [JMESToken]) {
        self.tokens = tokens
    }

    // MARK: Tokens

    private var current: JMESToken { tokens[index] }
    private var following: JMESToken { tokens[min(index + 1, tokens.count - 1)] }

    @discardableResult
    private mutating func advance() -> JMESToken {
        defer { if index + 1 < tokens.count { index += 1 } }
        return tokens[index]
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    private mutating func expect(_ symbol: String) throws(JMESPathError) {
        guard take(symbol) else { throw unexpected("'\(symbol)'") }
    }

    private func unexpected(_ wanted: String) -> JMESPathError {
        JMESPathError(.syntax, "expected \(wanted), found \(current.shown)", at: current.position)
    }

    private func make(_ form: JMESForm) throws(JMESPathError) -> JMESExpression {
        let expression = JMESExpression(form)
        guard expression.height <= Self.deepestNesting, expression.nesting <= Self.deepestNesting else { throw tooDeep }
        return expression
    }

    private var tooDeep: JMESPathError {
        JMESPathError(.tooLarge, "the expression nests deeper than \(Self.deepestNesting) levels", at: current.position)
    }

    // MARK: Expressions

    private mutating func expression(_ power: Int) throws(JMESPathError) -> JMESExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestNesting else { throw tooDeep }
        var left = try prefix()
        while power < current.bindingPower { left = try suffix(of: left) }
        return left
    }

    /// What may begin an expression.
    private mutating func prefix() throws(JMESPathError) -> JMESExpression {
        switch current.kind {
        case .literal(let value):
            advance()
            return try make(.literal(value))
        case .identifier(let name):
            let position = advance().position
            return try current.kind == .symbol("(") ? call(name, at: position) : make(.field(name))
        case .quotedIdentifier(let name):
            advance()
            if current.kind == .symbol("(") { throw unexpected("no '(' after a quoted name") }
            return try make(.field(name))
        case .symbol(let symbol): return try prefix(symbol)
        default: throw unexpected("a name, a literal, '*', '[', '{', '(', '!' or '@'")
        }
    }

    private mutating func prefix(_ symbol: String) throws(JMESPathError) -> JMESExpression {
        switch symbol {
        case "@":
            advance()
            return .identity
        case "*":
            let power = advance().bindingPower
            return try make(.valueProjection(.identity, projected(power)))
        case "[?", "[]": return try suffix(of: .identity)
        case "{":
            advance()
            return try hash()
        case "(":
            advance()
            let inner = try expression(0)
            try expect(")")
            return inner
        case "!":
            let power = advance().bindingPower
            return try make(.not(try expression(power)))
        case "[":
            if isIndex(following) || isWildcard { return try suffix(of: .identity) }
            advance()
            return try list()
        default: throw unexpected("a name, a literal, '*', '[', '{', '(', '!' or '@'")
        }
    }

    /// What may follow an expression; the current token has a binding power.
    private mutating func suffix(of left: JMESExpression) throws(JMESPathError) -> JMESExpression {
        let token = advance()
        guard case .symbol(let symbol) = token.kind else { throw unexpected("an operator") }
        let power = token.bindingPower
        switch symbol {
        case ".":
            guard take("*") else { return try make(.chain(left, try afterDot(power))) }
            return try make(.valueProjection(left, projected(power)))
        case "|": return try make(.chain(left, try expression(power)))
        case "||": return try make(.or(left, try expression(power)))
        case "&&": return try make(.and(left, try expression(power)))
        case "[]": return try make(.projection(make(.flatten(left)), projected(power)))
        case "[?":
            let condition = try expression(0)
            try expect("]")
            // A flatten after a filter takes all of its results, not each.
            let right = current.kind == .symbol("[]") ? JMESExpression.identity : try projected(power)
            return try make(.filterProjection(left, right, condition: condition))
        case "[":
            if isIndex(current) { return try indexed(left) }
            try expect("*")
            try expect("]")
            return try make(.projection(left, projected(Self.wildcardPower)))
        default:
            guard let comparison = JMESComparison(rawValue: symbol) else {
                throw JMESPathError(.syntax, "'\(symbol)' can't follow here", at: token.position)
            }
            return try make(.comparison(comparison, left, try expression(power)))
        }
    }

    /// The binding power of `*`, also where it stands in `[*]`.
    private static let wildcardPower = 20

    /// The right side of a projection.
    private mutating func projected(_ power: Int) throws(JMESPathError) -> JMESExpression {
        if current.bindingPower < Self.projectionStop { return .identity }
        switch current.kind {
        case .symbol("["), .symbol("[?"): return try expression(power)
        case .symbol("."):
            advance()
            return try afterDot(power)
        default: throw unexpected("'.', '[' or an operator after a projection")
        }
    }

    private mutating func afterDot(_ power: Int) throws(JMESPathError) -> JMESExpression {
        switch current.kind {
        case .identifier, .quotedIdentifier, .symbol("*"): return try expression(power)
        case .symbol("["):
            advance()
            return try list()
        case .symbol("{"):
            advance()
            return try hash()
        default: throw unexpected("a name, '*', '[' or '{' after '.'")
        }
    }

    // MARK: Brackets

    private func isIndex(_ token: JMESToken) -> Bool {
        if case .number = token.kind { return true }
        return token.kind == .symbol(":")
    }

    /// Whether `[*]` is next.
    private var isWildcard: Bool {
        index + 2 < tokens.count && tokens[index + 1].kind == .symbol("*") && tokens[index + 2].kind == .symbol("]")
    }

    /// An index or a slice, after its opening bracket.
    private mutating func indexed(_ left: JMESExpression) throws(JMESPathError) -> JMESExpression {
        var parts: [Int?] = [nil]
        while current.kind != .symbol("]") {
            if case .number(let number) = current.kind, parts[parts.count - 1] == nil {
                parts[parts.count - 1] = number
                advance()
            } else if parts.count < 3, take(":") {
                parts.append(nil)
            } else {
                throw unexpected("a number, ':' or ']'")
            }
        }
        let position = advance().position
        guard parts.count > 1 else {
            guard let index = parts[0] else { throw unexpected("a number") }
            return try make(.chain(left, make(.index(index))))
        }
        let step = parts.count == 3 ? parts[2] ?? 1 : 1
        guard step != 0 else { throw JMESPathError(.invalidValue, "the step of a slice can't be 0", at: position) }
        let slice = try make(.chain(left, make(.slice(start: parts[0], stop: parts[1], step: step))))
        return try make(.projection(slice, projected(Self.wildcardPower)))
    }

    private mutating func list() throws(JMESPathError) -> JMESExpression {
        var elements: [JMESExpression] = []
        repeat {
            elements.append(try expression(0))
        } while take(",")
        try expect("]")
        return try make(.list(elements))
    }

    private mutating func hash() throws(JMESPathError) -> JMESExpression {
        var members: [(key: String, value: JMESExpression)] = []
        repeat {
            let key: String
            switch current.kind {
            case .identifier(let name), .quotedIdentifier(let name): key = name
            default: throw unexpected("the name of a member")
            }
            advance()
            try expect(":")
            members.append((key, try expression(0)))
        } while take(",")
        try expect("}")
        return try make(.hash(members))
    }

    private mutating func call(_ name: String, at position: TextPosition) throws(JMESPathError) -> JMESExpression {
        try expect("(")
        var arguments: [JMESExpression] = []
        if !take(")") {
            repeat {
                if take("&") {
                    arguments.append(try make(.reference(try expression(0))))
                } else {
                    arguments.append(try expression(0))
                }
            } while take(",")
            try expect(")")
        }
        guard let function = JMESFunction(rawValue: name) else {
            let hint = nearestName(to: name, among: JMESFunction.allCases.map(\.rawValue))
            throw JMESPathError(
                .unknownFunction, "no function '\(name)'\(hint.map { "; did you mean '\($0)'?" } ?? "")", at: position)
        }
        guard function.arity.contains(arguments.count) else {
            let (least, most) = (function.arity.lowerBound, function.arity.upperBound)
            let wanted = least == most ? "\(least)" : "\(least) or more"
            throw JMESPathError(
                .invalidArity, "\(name)() takes \(wanted) arguments, not \(arguments.count)", at: position)
        }
        return try make(.function(function, arguments))
    }
}
