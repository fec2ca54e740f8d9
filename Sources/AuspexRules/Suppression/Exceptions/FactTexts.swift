import AuspexExpressions
import AuspexSignals

/// The texts of a fact by the names that exceptions use.
struct FactTexts {
    private let fact: Fact
    private let value: CELValue

    init(_ fact: Fact) {
        self.fact = fact
        value = fact.value(.name)
    }

    /// The label or text called `name`; empty when the fact has none.
    subscript(name: String) -> String {
        if name.hasPrefix(RuleExceptions.labelPrefix) {
            return fact.labels[String(name.dropFirst(RuleExceptions.labelPrefix.count))] ?? ""
        }
        guard case .map(let members) = value, case .string(let text)? = members[.string(name)] else { return "" }
        return text
    }
}
