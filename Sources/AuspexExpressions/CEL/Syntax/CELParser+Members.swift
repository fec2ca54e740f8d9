extension CELParser {
    /// A primary expression with the selections, indexes and calls after it.
    mutating func member() throws(CELError) -> CELExpression {
        try members(of: try primary())
    }

    mutating func members(of start: CELExpression) throws(CELError) -> CELExpression {
        var operand = start
        while true {
            let position = current.position
            if take(".") {
                operand = try selection(from: operand, at: position)
            } else if take(".?") {
                let field = try fieldName()
                operand = try make(.select(operand, field: field, isOptional: true), at: position)
            } else if take("[") {
                operand = try index(into: operand, isOptional: false, at: position)
            } else if take("[?") {
                operand = try index(into: operand, isOptional: true, at: position)
            } else if current.kind == .symbol("{"), let type = operand.qualifiedName {
                advance()
                operand = try message(type: type, at: operand.position)
            } else {
                return operand
            }
        }
    }

    private mutating func selection(
        from operand: CELExpression, at position: TextPosition
    ) throws(CELError) -> CELExpression {
        if case .quotedIdentifier = current.kind {
            return try make(.select(operand, field: try fieldName(), isOptional: false), at: position)
        }
        let name = try fieldName()
        guard take("(") else { return try make(.select(operand, field: name, isOptional: false), at: position) }
        return try make(.call(target: operand, name: name, arguments: try arguments()), at: position)
    }

    private mutating func index(
        into operand: CELExpression, isOptional: Bool, at position: TextPosition
    ) throws(CELError) -> CELExpression {
        let key = try expression()
        try expect("]")
        return try make(.index(operand, key: key, isOptional: isOptional), at: position)
    }

    /// The name of a field, which may be a reserved word but one with a meaning of its own.
    private mutating func fieldName() throws(CELError) -> String {
        switch current.kind {
        case .identifier(let name) where !["in", "true", "false", "null"].contains(name):
            advance()
            return name
        case .quotedIdentifier(let name):
            advance()
            return name
        default: throw unexpected("the name of a field")
        }
    }

    /// The arguments of a call, after its opening bracket.
    private mutating func arguments() throws(CELError) -> [CELExpression] {
        var arguments: [CELExpression] = []
        if take(")") { return arguments }
        repeat {
            arguments.append(try expression())
        } while take(",")
        try expect(")")
        return arguments
    }

    private mutating func primary() throws(CELError) -> CELExpression {
        let token = current
        switch token.kind {
        case .integer(let number):
            guard let signed = Int64(exactly: number) else { throw outOfRange("\(number)", at: token.position) }
            advance()
            return try make(.literal(.int(signed)), at: token.position)
        case .literal(let value):
            advance()
            return try make(.literal(value), at: token.position)
        case .identifier("true"), .identifier("false"):
            advance()
            return try make(.literal(.bool(token.kind == .identifier("true"))), at: token.position)
        case .identifier("null"):
            advance()
            return try make(.literal(.null), at: token.position)
        case .identifier: return try identifier(isAbsolute: false, at: token.position)
        case .symbol("."):
            advance()
            return try identifier(isAbsolute: true, at: token.position)
        case .symbol("("):
            advance()
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["), .symbol("[?"):
            advance()
            return try list(firstIsOptional: token.kind == .symbol("[?"), at: token.position)
        case .symbol("{"):
            advance()
            return try map(at: token.position)
        default: throw unexpected("a value, a name or '('")
        }
    }

    private mutating func identifier(isAbsolute: Bool, at position: TextPosition) throws(CELError) -> CELExpression {
        guard case .identifier(let name) = current.kind else { throw unexpected("a name") }
        guard !CELToken.reservedWords.contains(name) else {
            throw CELError(
                .syntax, "'\(name)' is a reserved word and can't name a variable or function", at: current.position)
        }
        advance()
        let qualified = isAbsolute ? "." + name : name
        if take("(") {
            return try make(.call(target: nil, name: qualified, arguments: try arguments()), at: position)
        }
        return try make(.identifier(name, isAbsolute: isAbsolute), at: position)
    }

    private mutating func list(firstIsOptional: Bool, at position: TextPosition) throws(CELError) -> CELExpression {
        var elements: [CELSyntax.Element] = []
        var isOptional = firstIsOptional
        while isOptional || current.kind != .symbol("]") {
            elements.append(CELSyntax.Element(value: try expression(), isOptional: isOptional))
            guard take(",") else { break }
            isOptional = take("?")
        }
        try expect("]")
        return try make(.list(elements), at: position)
    }

    private mutating func map(at position: TextPosition) throws(CELError) -> CELExpression {
        var entries: [CELSyntax.Entry] = []
        while current.kind != .symbol("}") {
            let isOptional = take("?")
            let key = try expression()
            try expect(":")
            entries.append(CELSyntax.Entry(key: key, value: try expression(), isOptional: isOptional))
            guard take(",") else { break }
        }
        try expect("}")
        return try make(.map(entries), at: position)
    }

    private mutating func message(type: String, at position: TextPosition) throws(CELError) -> CELExpression {
        var fields: [CELSyntax.Field] = []
        while current.kind != .symbol("}") {
            let isOptional = take("?")
            let name = try fieldName()
            try expect(":")
            fields.append(CELSyntax.Field(name: name, value: try expression(), isOptional: isOptional))
            guard take(",") else { break }
        }
        try expect("}")
        return try make(.message(type: type, fields: fields), at: position)
    }
}

extension CELExpression {
    /// `a.b.c` if the expression is nothing but names with dots between; a leading dot is kept.
    var qualifiedName: String? {
        switch syntax {
        case .identifier(let name, let isAbsolute): isAbsolute ? "." + name : name
        case .select(let operand, let field, isOptional: false): operand.qualifiedName.map { "\($0).\(field)" }
        default: nil
        }
    }
}
