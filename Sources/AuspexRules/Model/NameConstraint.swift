import AuspexExpressions

/// Which names a condition can hold for, read off its expression, so that a fact is shown only to the rules that it may
/// concern.
///
/// The answer is a superset: a rule that is left out gives `false` for the fact whatever else its expression says, because
/// `false && x` is `false` even where `x` is an error. Nil means that nothing is known and every fact has to be shown.
enum NameConstraint {
    /// The names that let `expression` hold, where `variables` are the names of the fact.
    static func names(in expression: CELExpression, fact variables: Set<String>) -> Set<String>? {
        switch expression.syntax {
        case .and(let terms):
            return terms.lazy.compactMap { names(in: $0, fact: variables) }.reduce(nil) { known, next in
                known.map { $0.intersection(next) } ?? next
            }
        case .or(let terms):
            var union: Set<String> = []
            for term in terms {
                guard let names = names(in: term, fact: variables) else { return nil }
                union.formUnion(names)
            }
            return union
        case .binary(.equal, let left, let right):
            if isName(left, variables), let text = text(right) { return [text] }
            if isName(right, variables), let text = text(left) { return [text] }
            return nil
        case .binary(.in, let left, let right):
            guard isName(left, variables), case .list(let elements) = right.syntax else { return nil }
            var names: Set<String> = []
            for element in elements {
                guard !element.isOptional, let text = text(element.value) else { return nil }
                names.insert(text)
            }
            return names
        default:
            return nil
        }
    }

    /// Whether the expression is the fact's `name`.
    private static func isName(_ expression: CELExpression, _ variables: Set<String>) -> Bool {
        guard case .select(let operand, field: "name", isOptional: false) = expression.syntax,
            case .identifier(let variable, isAbsolute: _) = operand.syntax
        else { return false }
        return variables.contains(variable)
    }

    private static func text(_ expression: CELExpression) -> String? {
        if case .literal(.string(let text)) = expression.syntax { text } else { nil }
    }
}
