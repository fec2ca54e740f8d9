/// An alert of another system as it was sent once: what it is about, and when it began and is over.
///
/// Whoever sent it says the same again and again while the alert lasts, so that one alert comes as many of these.
package struct ReceivedAlert: Hashable, Sendable, Codable {
    /// The label that holds an alert's name.
    package static let nameLabel = "alertname"
    /// The label that holds how much an alert matters.
    package static let severityLabel = "severity"

    /// What identifies the alert: its name is one of them, and two alerts with the same labels are the same alert.
    package var labels: Labels
    /// What else is said of it, for people. It may differ each time that the alert is sent.
    package var annotations: [String: String]
    /// When it began, by the sender's clock.
    package var startsAt: Timestamp
    /// When it is, or was, over unless something else is heard of it.
    package var endsAt: Timestamp
    /// Whether the end is a guess, because the sender named none.
    package var isEndAssumed: Bool
    /// Where to read on; empty when the sender names nothing.
    package var generatorURL: String

    /// The alert's name; empty when it has none.
    package var name: String { labels[Self.nameLabel] ?? "" }

    /// How much it matters, in the sender's words; empty when unknown.
    package var severity: String { labels[Self.severityLabel] ?? "" }

    /// Creates an alert.
    package init(
        labels: Labels, annotations: [String: String] = [:], startsAt: Timestamp, endsAt: Timestamp,
        isEndAssumed: Bool = false, generatorURL: String = ""
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.isEndAssumed = isEndAssumed
        self.generatorURL = generatorURL
    }
}
