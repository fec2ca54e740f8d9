extension CELCompiler {
    mutating func unary(
        _ name: CELSyntax.Unary, _ operand: CELExpression, at position: TextPosition
    ) throws(CELError) -> Part {
        let operand = try part(operand)
        switch name {
        case .not:
            if let type = operand.shape.type, type != .bool { return try needsBool("!", type, at: position) }
            return try emit(.not(operand.node), .bool, nesting: 0, at: position)
        case .minus:
            if let type = operand.shape.type, ![.int, .double, .duration].contains(type) {
                return try mismatch("-", [type], at: position)
            }
            return try emit(.negate(operand.node), operand.shape, nesting: 0, at: position)
        }
    }

    mutating func binary(
        _ name: CELSyntax.Binary, _ left: CELExpression, _ right: CELExpression, at position: TextPosition
    ) throws(CELError) -> Part {
        let left = try part(left)
        let right = try part(right)
        var shape = CELShape.any
        if let leftType = left.shape.type, let rightType = right.shape.type {
            guard let result = CELOverloads.result(of: name, leftType, rightType) else {
                return try mismatch(name.rawValue, [leftType, rightType], at: position)
            }
            shape = .type(result)
            if result == .list, left.shape == right.shape { shape = left.shape }
        } else if name.precedence == 1 {
            shape = .bool
        }
        return try emit(
            .binary(name, left.node, right.node), shape, nesting: max(left.nesting, right.nesting), at: position)
    }

    mutating func logical(
        _ name: String, _ terms: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part {
        var nodes: [Int32] = []
        for term in terms {
            let part = try part(term)
            if let type = part.shape.type, type != .bool {
                nodes.append(try needsBool(name, type, at: term.position).node)
            } else {
                nodes.append(part.node)
            }
        }
        let first = builder.add(children: nodes)
        let count = Int32(nodes.count)
        let node: CELCode.Node = name == "&&" ? .and(first: first, count: count) : .or(first: first, count: count)
        return try emit(node, .bool, nesting: 0, at: position)
    }

    mutating func conditional(
        _ condition: CELExpression, _ yes: CELExpression, _ no: CELExpression, at position: TextPosition
    ) throws(CELError) -> Part {
        let condition = try part(condition)
        if let type = condition.shape.type, type != .bool { return try needsBool("?:", type, at: position) }
        let yes = try part(yes)
        let no = try part(no)
        return try emit(
            .conditional(condition.node, yes.node, no.node), yes.shape == no.shape ? yes.shape : .any,
            nesting: max(yes.nesting, no.nesting), at: position)
    }

    private mutating func needsBool(
        _ name: String, _ type: CELType, at position: TextPosition
    ) throws(CELError) -> Part {
        try mistake(
            .typeMismatch, "'\(name)' needs a bool, not \(type.withArticle); compare it with something first",
            at: position)
    }

    private mutating func mismatch(
        _ name: String, _ types: [CELType], at position: TextPosition
    ) throws(CELError) -> Part {
        try mistake(.typeMismatch, CELError.noOverloadReason(name, types), at: position)
    }
}

/// Which types the operators work on.
enum CELOverloads {
    /// The type of the result; nil where there is none. Comparisons for equality only fail where they always say no.
    static func result(of name: CELSyntax.Binary, _ left: CELType, _ right: CELType) -> CELType? {
        let isSame = left == right
        let areNumbers = numbers.contains(left) && numbers.contains(right)
        switch name {
        case .equal, .notEqual:
            let isAlwaysFalse =
                !isSame && !areNumbers && ![left, right].contains { $0 == .null || $0 == .optional }
            return isAlwaysFalse ? nil : .bool
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return areNumbers || (isSame && ordered.contains(left)) ? .bool : nil
        case .in: return right == .list || right == .map ? .bool : nil
        case .add:
            if isSame, numbers.contains(left) || [.string, .bytes, .list, .duration].contains(left) { return left }
            return [left, right] == [.timestamp, .duration] || [left, right] == [.duration, .timestamp]
                ? .timestamp : nil
        case .subtract:
            if isSame {
                return left == .timestamp || left == .duration ? .duration : numbers.contains(left) ? left : nil
            }
            return [left, right] == [.timestamp, .duration] ? .timestamp : nil
        case .multiply, .divide: return isSame && numbers.contains(left) ? left : nil
        case .remainder: return isSame && (left == .int || left == .uint) ? left : nil
        }
    }

    private static let numbers: Set<CELType> = [.int, .uint, .double]
    private static let ordered: Set<CELType> = [.bool, .string, .bytes, .timestamp, .duration]
}
