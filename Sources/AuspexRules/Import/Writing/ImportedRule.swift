package import AuspexSignals

/// An alert of Prometheus as a rule.
package struct ImportedRule: Hashable, Sendable {
    /// The alert's name in Prometheus.
    package let alert: String
    /// The rule's identifier.
    package let id: String
    /// Where the alert stands.
    package let location: SourceLocation
    /// The rule as one YAML document, without a line that parts it from others.
    package let text: String
}
