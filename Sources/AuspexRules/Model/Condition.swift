import AuspexExpressions
package import AuspexSignals

/// What a rule waits for: an expression over the facts of one source, and for how long it has to hold.
package struct Condition: Sendable {
    /// The name under which expressions see the fact.
    package let name: String
    /// Which facts.
    package let source: FactSource
    /// The expression that has to be true of a fact.
    package let expression: RuleExpression
    /// How long it has to hold before the alert fires.
    package let hold: TimeSpan
    /// How long the alert goes on firing after the condition has ended.
    package let keepFiring: TimeSpan
    /// How many it needs; nil when one is enough.
    let count: CountRequirement?
    /// The names of the facts for which it can hold; nil when it may be any.
    let names: Set<String>?
    /// The fields of a fact that its expression reads.
    private(set) var fields: FactFields

    /// How long an alert on a momentary fact fires unless its rule says otherwise: a log record has no end of its own.
    package static let momentaryFiring = TimeSpan.minutes(5)

    init(
        name: String, source: FactSource, expression: RuleExpression, hold: TimeSpan, keepFiring: TimeSpan,
        count: CountRequirement? = nil
    ) {
        self.name = name
        self.source = source
        self.expression = expression
        self.hold = hold
        self.keepFiring = keepFiring
        self.count = count
        let hasName = source == .metric || source == .alert
        let syntax = expression.syntax
        let variables: Set = [name, source.alias]
        names = hasName ? syntax.flatMap { NameConstraint.names(in: $0, fact: variables) } : nil
        // A field to tell facts apart by is read from the fact as well.
        let used = count?.distinct == nil ? syntax.flatMap { FieldUse.fields(in: $0, of: variables) } : nil
        fields = FactFields(used, of: source)
    }

    /// The condition with all fields of its facts, for those who look at others than its expression does.
    var withAllFields: Condition {
        var condition = self
        condition.fields = .all
        return condition
    }

    /// The fact under the names by which the expression may call it.
    func variables(_ fact: CELValue) -> [String: CELValue] {
        // They may be the same name.
        [name: fact].merging([source.alias: fact]) { first, _ in first }
    }
}
