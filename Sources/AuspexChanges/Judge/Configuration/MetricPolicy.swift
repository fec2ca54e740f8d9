/// How the judge is to look at one metric. What is nil is recognised from the metric's name and values.
package struct MetricPolicy: Hashable, Sendable {
    /// What no value means.
    package enum Missing: String, Hashable, Sendable, CaseIterable {
        /// Nobody knows; the interval is left out.
        case unknown
        /// Nothing happened, as of counters that appear with their first event. A side without any row stays unknown.
        case zero
    }

    /// The metric's name, which is the name of its column.
    package var name: String
    /// What its values are.
    package var kind: MetricKind?
    /// The column of what the values are a part of; makes it a ratio.
    package var denominator: String?
    /// The column of what was expected of the values.
    package var expected: String?
    /// The columns of the same metric of services that were not changed: what they do together is expected of this one
    /// too (difference in differences). They make the metric a gauge.
    package var controls: [String] = []
    /// Which difference speaks against a change.
    package var direction: MetricDirection?
    /// How large a difference must be to count, 0.1 for a tenth; nil takes the judge's.
    package var minimumEffect: Double?
    /// What no value means. Default unknown.
    package var missing = Missing.unknown
    /// Whether the verdict is inconclusive when the metric is. Default yes.
    package var required = true
    /// Whether the score is 0 when the metric fails. Default no.
    package var critical = false
    /// Whether the metric is shown and does not count. Default no.
    package var muted = false

    /// Creates the defaults for a metric.
    package init(name: String) {
        self.name = name
    }
}
