package import AuspexSignals

/// Something that happened to an incident.
package struct IncidentEntry: Hashable, Sendable, Codable {
    /// What kind of thing.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Its first alert fired.
        case opened
        /// Another incident became part of it.
        case merged
        /// A person has taken it on.
        case acknowledged
        /// A person said something.
        case commented
        /// It was over.
        case resolved
        /// It went on after it was over.
        case reopened
        /// An alert was moved here or away.
        case moved
        /// Its severity rose.
        case escalated
        /// A storm of alerts began or ended.
        case storm
    }

    /// When.
    package var at: Timestamp
    /// Who; empty when nobody but the tracker did it.
    package var actor: String
    /// What kind of thing.
    package var kind: Kind
    /// What happened, in words.
    package var text: String
    /// The identifier of the person's act; empty when it was none.
    package var act: String
}
