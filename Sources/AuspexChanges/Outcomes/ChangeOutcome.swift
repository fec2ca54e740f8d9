package import AuspexSignals

/// How a change turned out.
package struct ChangeOutcome: Hashable, Sendable, Codable {
    /// Whether it did harm.
    package enum Harm: String, Hashable, Sendable, Codable, CaseIterable {
        /// It did.
        case harmful
        /// It did not, as far as is known after long enough.
        case harmless
        /// Too early to say.
        case open
    }

    /// The change's identifier.
    package var change: String
    /// Whether it did harm.
    package var harm: Harm
    /// Why, a sentence each.
    package var reasons: [String]
    /// When ``harm`` became what it is.
    package var decidedAt: Timestamp
    /// Incidents that it is to blame for.
    package var incidents: [BlamedIncident]
    /// What a person said of it; nil when nobody did. Wins over everything else.
    package var statement: OutcomeStatement?

    /// Creates an outcome.
    package init(
        change: String, harm: Harm, reasons: [String] = [], decidedAt: Timestamp, incidents: [BlamedIncident] = [],
        statement: OutcomeStatement? = nil
    ) {
        self.change = change
        self.harm = harm
        self.reasons = reasons
        self.decidedAt = decidedAt
        self.incidents = incidents
        self.statement = statement
    }
}

/// An incident and a change's part in the blame for it.
package struct BlamedIncident: Hashable, Sendable, Codable {
    /// The incident's identifier.
    package var incident: String
    /// The part, from 0 to 1.
    package var share: Double

    /// Creates a link.
    package init(incident: String, share: Double) {
        self.incident = incident
        self.share = share
    }
}

/// What a person says of a change.
package struct OutcomeStatement: Hashable, Sendable, Codable {
    /// Whether it did harm.
    package var isHarmful: Bool
    /// Who says so.
    package var by: String
    /// Why; may be empty.
    package var reason: String
    /// When.
    package var at: Timestamp

    /// Creates a statement.
    package init(isHarmful: Bool, by: String, reason: String, at: Timestamp) {
        self.isHarmful = isHarmful
        self.by = by
        self.reason = reason
        self.at = at
    }
}
