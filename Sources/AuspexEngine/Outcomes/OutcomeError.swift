import AuspexRules

/// Why something cannot be said of a change.
package enum OutcomeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such change.
    case unknownChange(String)
    /// A text is empty or too long.
    case badText(name: String, longest: Int)

    package var description: String {
        switch self {
        case .unknownChange(let id): "there is no change \(id); GET /api/v1/changes lists them"
        case .badText(let name, let longest): "\(name) must have 1 to \(longest) bytes"
        }
    }

    /// Checks who says something and why; the reason may be empty.
    static func check(_ person: String, _ reason: String) throws(OutcomeError) {
        guard !person.isEmpty, person.utf8.count <= IncidentLimits.longestActor else {
            throw .badText(name: "by", longest: IncidentLimits.longestActor)
        }
        guard reason.utf8.count <= IncidentLimits.longestText else {
            throw .badText(name: "reason", longest: IncidentLimits.longestText)
        }
    }
}
