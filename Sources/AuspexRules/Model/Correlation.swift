import AuspexExpressions
import AuspexSignals

/// How several conditions make one rule.
package struct Correlation: Sendable {
    /// What has to be true of the conditions.
    package enum Form: String, Hashable, Sendable, Codable, CaseIterable {
        /// Each has held within the window.
        case all
        /// One of them holds.
        case any
        /// Each has begun to hold within the window, one after the other.
        case sequence
    }

    /// What must not have happened.
    package struct Absence: Sendable {
        /// Where it is looked for.
        package enum Side: String, Hashable, Sendable, Codable, CaseIterable {
            /// After the conditions came true: "was deployed and did not start within ten minutes". The alert waits for the
            /// end of the window, and ends when it happens after all.
            case after
            /// Before they came true: "fails, and nobody deployed within the last half hour".
            case before
            /// On both sides.
            case around
        }

        /// How far from the moment at which the conditions came true.
        let within: TimeSpan
        let side: Side

        /// How long the alert waits.
        var wait: TimeSpan? { side == .before ? nil : within }
    }

    let form: Form
    /// The sliding window, in event time; zero means that conditions have to hold at the same moment.
    let within: TimeSpan
    /// How long the alert goes on after conditions that lasted have ended.
    let keepFiring: TimeSpan
    /// How long it fires when there is nothing that lasts.
    let momentaryFiring: TimeSpan
    /// What must not have happened; its condition is the rule's last.
    let absence: Absence?

    /// For how long what happened may matter, of conditions that have to hold for so long at most.
    func memory(_ conditions: [Condition]) -> TimeSpan {
        let start = Timestamp(milliseconds: 0)
        return start + max(within, absence?.within ?? .zero) + (conditions.map(\.hold).max() ?? .zero) - start
    }
}

/// By which values facts of several conditions belong together.
package struct JoinKey: Sendable {
    /// One value of the key.
    struct Part: Sendable {
        /// The label that the alert gets.
        let name: String
        /// Where each condition's facts have it, in the order of the conditions; nil for the label of that name.
        let paths: [RuleExpression?]
    }

    let parts: [Part]

    /// The labels that alerts get; nil without a key.
    var names: [String]? { parts.isEmpty ? nil : parts.map(\.name) }

    /// No key: all facts belong together.
    static let none = JoinKey(parts: [])

    /// The labels that join a fact of a condition; nil when one is missing or empty, for then it belongs to nothing.
    func labels(of fact: Fact, _ variables: [String: CELValue], condition: Int) -> Labels? {
        var labels: [String: String] = [:]
        for part in parts {
            let value = part.paths[condition].map { $0.text(variables) } ?? fact.labels[part.name]
            guard let value, !value.isEmpty else { return nil }
            labels[part.name] = value
        }
        return Labels(labels)
    }
}

/// How many facts, or different values, a condition needs.
package struct CountRequirement: Sendable {
    /// So many or more.
    let atLeast: Int
    /// What is counted once for each of its values; nil for the facts themselves, or the series for which the condition
    /// holds.
    let distinct: RuleExpression?
    /// The sliding window in which facts that are moments count; nil for conditions that last.
    let within: TimeSpan?

    /// More are not kept apart: memory has an end, and no person reads such a number.
    static let most = 10_000
}

extension Correlation {
    /// Adds all that the state of a rule's groups depends on.
    func combine(into hash: inout StableHash, _ conditions: [Condition], _ join: JoinKey) {
        var parts = [form.rawValue, "\(within)", "\(keepFiring)", "\(momentaryFiring)"]
        if let absence { parts += [absence.side.rawValue, "\(absence.within)"] }
        for condition in conditions {
            parts += [
                condition.name, condition.source.rawValue, condition.expression.text, "\(condition.hold)",
                "\(condition.keepFiring)",
            ]
            if let count = condition.count {
                parts += ["\(count.atLeast)", count.distinct?.text ?? "*", "\(count.within ?? .zero)"]
            }
        }
        for part in join.parts { parts += [part.name] + part.paths.map { $0?.text ?? "*" } }
        for part in parts { hash.combine(part) }
    }
}
