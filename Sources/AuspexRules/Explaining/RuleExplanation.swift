/// Why a rule does or doesn't fire for some facts.
package struct RuleExplanation: Hashable, Sendable, Codable {
    /// A part of a condition's expression and what it says.
    package struct Term: Hashable, Sendable, Codable {
        /// The part as text.
        package var text: String
        /// `true`, `false`, or why there is no answer.
        package var outcome: String
        /// What stands in it, with its value: `m.value` is `0.4`.
        package var values: [Value]
    }

    /// The value of a part of a term.
    package struct Value: Hashable, Sendable, Codable {
        package var text: String
        package var value: String
    }

    /// What one condition says of a fact.
    package struct Answer: Hashable, Sendable, Codable {
        /// The condition's name.
        package var condition: String
        /// `holds`, `does not hold`, `no answer` or, for a fact of another kind, why it isn't asked.
        package var outcome: String
        /// The parts of its expression that `&&` and `||` join; empty when it isn't asked.
        package var terms: [Term]
    }

    /// What came of one fact.
    package struct Step: Hashable, Sendable, Codable {
        /// When, since the first fact.
        package var at: String
        /// The fact in a sentence.
        package var fact: String
        /// What the conditions say, in the order of the rule.
        package var answers: [Answer]
        /// What follows, such as `pending {instance="a"}`.
        package var events: [String]
    }

    /// The rule's identifier.
    package var rule: String
    /// The facts in order of time.
    package var steps: [Step]
    /// What follows when no more facts come, with the time since the first fact.
    package var later: [String]
    /// How it stands in the end, in a sentence.
    package var conclusion: String
}
