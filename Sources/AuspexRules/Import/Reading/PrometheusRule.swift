import AuspexDocuments
import AuspexSignals

/// A rule as Prometheus' files have it.
struct PrometheusRule {
    /// A name with its text and place.
    struct Entry {
        let name: String
        let text: String
        let location: SourceLocation

        /// Whether Prometheus would fill something in.
        var hasTemplate: Bool { text.contains("{{") }
    }

    /// The alert's name.
    let name: String
    /// Where it begins.
    let location: SourceLocation
    /// The expression.
    let expression: DocumentNode
    /// How long it has to be active before it fires.
    let hold: TimeSpan
    /// How long it goes on firing afterwards.
    let keepFiring: TimeSpan
    /// Its labels with those of the group, in order of their names.
    let labels: [Entry]
    /// Its annotations, in the order of the file.
    let annotations: [Entry]

    /// The annotation called `name`, if it says anything.
    func annotation(_ name: String) -> Entry? {
        annotations.first { $0.name == name && $0.text.contains { !$0.isWhitespace } }
    }
}
