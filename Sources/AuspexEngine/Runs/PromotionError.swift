import AuspexRules

/// Why a person's word about a rule and a runbook, or about a breaker, is refused.
package enum PromotionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such rule.
    case unknownRule(String)
    /// There is no such runbook.
    case unknownRunbook(String)
    /// The rule does not ask for the runbook.
    case notAsked(rule: String, runbook: String)
    /// The rule is not stable.
    case notStable(rule: String, status: String)
    /// There is nothing to take back.
    case notPromoted(rule: String, runbook: String)
    /// The breaker is not open.
    case notOpen(runbook: String)
    /// A text is empty or too long.
    case badText(name: String, longest: Int)

    package var description: String {
        switch self {
        case .unknownRule(let rule): "there is no rule '\(rule)'; `auspex rule check` lists those in a file"
        case .unknownRunbook(let runbook): "there is no runbook '\(runbook)'; GET /api/v1/runbooks lists them"
        case .notAsked(let rule, let runbook): "rule '\(rule)' does not ask for runbook '\(runbook)' in its 'then'"
        case .notStable(let rule, let status):
            "rule '\(rule)' is \(status); what it asks for stays in the shadow until it says 'status: stable'"
        case .notPromoted(let rule, let runbook): "rule '\(rule)' is not promoted with runbook '\(runbook)'"
        case .notOpen(let runbook): "the breaker of '\(runbook)' is not open"
        case .badText(let name, let longest): "\(name) must have 1 to \(longest) bytes"
        }
    }

    /// Whether it is about something that does not exist.
    package var isUnknown: Bool {
        switch self {
        case .unknownRule, .unknownRunbook, .notPromoted: true
        default: false
        }
    }

    /// Checks who says something and why; the reason may be empty.
    static func check(_ person: String, _ reason: String) throws(PromotionError) {
        guard !person.isEmpty, person.utf8.count <= IncidentLimits.longestActor else {
            throw .badText(name: "by", longest: IncidentLimits.longestActor)
        }
        guard reason.utf8.count <= IncidentLimits.longestText else {
            throw .badText(name: "reason", longest: IncidentLimits.longestText)
        }
    }
}
