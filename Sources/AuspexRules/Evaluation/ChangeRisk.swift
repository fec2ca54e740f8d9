/// What one rule says of a proposed change.
package struct ChangeRisk: Hashable, Sendable {
    /// The answer of a rule.
    package enum Answer: Hashable, Sendable {
        /// Its condition holds for the change.
        case points(RuleRisk)
        /// An expression failed, and why: what the rule would say is not known, which is not zero.
        case missing(String)
    }

    /// The rule's identifier.
    package let rule: String
    /// The rule's title.
    package let title: String
    /// What it says.
    package let answer: Answer
}
