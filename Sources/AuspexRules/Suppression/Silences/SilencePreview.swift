import AuspexSignals

/// What a silence would do to alerts, before it is made.
package struct SilencePreview: Hashable, Sendable {
    /// The alerts that it would silence, in the order in which they were given.
    package let silenced: [Alert]
    /// How many it was held against.
    package let examined: Int
    /// The matchers that none of the alerts passes: most likely misspelt.
    package let idleMatchers: [LabelMatcher]

    /// Holds `matchers` against `alerts`. One test for each matcher and alert.
    package init(_ matchers: LabelMatchers, among alerts: [Alert]) {
        let labels = alerts.map(\.matchedLabels)
        silenced = zip(alerts, labels).filter { matchers.matches($1) }.map { alert, _ in alert }
        examined = alerts.count
        idleMatchers = matchers.matchers.filter { matcher in !labels.contains { matcher.matches($0) } }
    }
}
