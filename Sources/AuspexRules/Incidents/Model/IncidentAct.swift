package import AuspexSignals

/// Something that a person does to an incident.
package struct IncidentAct: Hashable, Sendable, Codable {
    /// What a person can do.
    package enum Kind: Hashable, Sendable, Codable {
        /// Take it on.
        case acknowledge
        /// Say something.
        case comment(String)
        /// Declare that it is over.
        case resolve
        /// Declare that it is not over.
        case reopen
        /// Make it one with another; the older of the two survives.
        case merge(with: String)
        /// Move one of its alerts to another incident, or, without one, to an incident of its own.
        case move(alert: String, to: String?)
    }

    /// Unique; the same act twice is done once.
    package var id: String
    /// The incident, by its identifier or one of its aliases.
    package var incident: String
    /// Who.
    package var actor: String
    /// When.
    package var at: Timestamp
    /// What.
    package var kind: Kind

    /// Creates an act.
    package init(id: String, incident: String, actor: String, at: Timestamp, kind: Kind) {
        self.id = id
        self.incident = incident
        self.actor = actor
        self.at = at
        self.kind = kind
    }
}

extension IncidentAct {
    /// What is wrong with the texts; nil if nothing is.
    var textMistake: IncidentError? {
        let (longestActor, longestText) = (IncidentLimits.longestActor, IncidentLimits.longestText)
        func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
        if id.isEmpty { return .badText("an act needs an identifier") }
        if isBlank(actor) { return .badText("say who does it") }
        if actor.utf8.count > longestActor {
            return .badText("the name of who does it has \(actor.utf8.count) bytes; it may have \(longestActor)")
        }
        guard case .comment(let text) = kind else { return nil }
        if isBlank(text) { return .badText("the comment is empty") }
        return text.utf8.count > longestText
            ? .badText("the comment has \(text.utf8.count) bytes; it may have \(longestText)") : nil
    }
}

/// Why a person's act can't be done.
package enum IncidentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such incident, or it is forgotten.
    case unknownIncident(String)
    /// The incident does not list such an alert.
    case unknownAlert(String, incident: String)
    /// The incident's state doesn't allow it.
    case notPossible(String)
    /// A text is missing or too long.
    case badText(String)

    package var description: String {
        switch self {
        case .unknownIncident(let id): "there is no incident '\(id)'"
        case .unknownAlert(let alert, let incident): "the incident '\(incident)' lists no alert '\(alert)'"
        case .notPossible(let reason), .badText(let reason): reason
        }
    }
}
