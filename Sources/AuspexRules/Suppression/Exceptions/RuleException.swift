package import AuspexSignals

/// Facts that a rule leaves alone, as data beside its condition. It always says why, and never lasts for ever.
package struct RuleException: Hashable, Sendable {
    /// A field of a fact with the values that fit.
    package struct Field: Hashable, Sendable {
        /// `labels.service`, or a text of the fact such as `severity`.
        package let name: String
        /// The values, of which one has to fit. A missing field is the empty text.
        package let values: [Glob]
    }

    /// The fields, all of which have to fit; never none.
    package let fields: [Field]
    /// Why.
    package let reason: String
    /// Who answers for it; empty when nobody said.
    package let owner: String
    /// The first moment at which it counts no more.
    package let until: Timestamp
    /// Where it is written.
    package let location: SourceLocation

    /// Whether it counts no more at `time`.
    package func isExpired(at time: Timestamp) -> Bool { time >= until }
}

/// The exceptions of a rule.
package struct RuleExceptions: Hashable, Sendable {
    /// Exceptions that one rule may have, and values that one field may have.
    package static let mostExceptions = 1_000
    /// What the name of a field begins with when it is a label.
    static let labelPrefix = "labels."

    /// The exceptions, in the order of the file.
    package let exceptions: [RuleException]

    /// No exceptions.
    package init() {
        self.init([])
    }

    init(_ exceptions: [RuleException]) {
        self.exceptions = exceptions
    }

    /// The first exception that fits `fact` and has not expired when it happened; nil for none. As many comparisons as there
    /// are values at worst.
    package func match(_ fact: Fact) -> RuleException? {
        guard !exceptions.isEmpty else { return nil }
        let texts = FactTexts(fact)
        return exceptions.first { exception in
            !exception.isExpired(at: fact.time)
                && exception.fields.allSatisfy { field in
                    let text = texts[field.name]
                    return field.values.contains { $0.matches(text) }
                }
        }
    }

    /// The exceptions that count no more at `time`, and had better be taken out of the file.
    package func expired(at time: Timestamp) -> [RuleException] { exceptions.filter { $0.isExpired(at: time) } }
}
