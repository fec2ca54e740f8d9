import AuspexExpressions

/// Which fields of a fact an expression reads, so that the others need not be made for each of a hundred thousand facts a
/// second.
enum FieldUse {
    /// The fields that `expression` reads of the fact called `variables`; a superset where a macro's variable has the fact's
    /// name. Nil when it uses the fact as a whole.
    static func fields(in expression: CELExpression, of variables: Set<String>) -> Set<String>? {
        if case .select(let operand, let field, isOptional: _) = expression.syntax,
            case .identifier(let name, isAbsolute: _) = operand.syntax, variables.contains(name)
        {
            return [field]
        }
        if case .identifier(let name, isAbsolute: _) = expression.syntax, variables.contains(name) { return nil }
        var fields: Set<String> = []
        for part in parts(of: expression.syntax) {
            guard let used = self.fields(in: part, of: variables) else { return nil }
            fields.formUnion(used)
        }
        return fields
    }

    /// The expressions directly inside.
    static func parts(of syntax: CELSyntax) -> [CELExpression] {
        switch syntax {
        case .literal, .identifier: []
        case .select(let operand, field: _, isOptional: _): [operand]
        case .index(let operand, let key, isOptional: _): [operand, key]
        case .call(let target, name: _, let arguments): (target.map { [$0] } ?? []) + arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .message(type: _, let fields): fields.map(\.value)
        case .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .and(let terms), .or(let terms): terms
        case .conditional(let condition, let yes, let no): [condition, yes, no]
        }
    }
}
