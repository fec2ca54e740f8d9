package import AuspexSignals

/// Keeps alerts.
package protocol AlertStore: Sendable {
    /// Writes the alerts, replacing those with the same identifiers, all or none.
    func upsert(_ alerts: [Alert]) async throws

    /// The alerts that match `filter`, latest start first, those with the same start in order of their identifiers.
    func alerts(matching filter: AlertFilter) async throws -> [Alert]
}

/// Which alerts are asked for.
package struct AlertFilter: Hashable, Sendable {
    /// Only these identifiers; nil for all.
    package var ids: Set<String>?
    /// Only these states; nil for all.
    package var states: Set<Alert.State>?
    /// Only this rule's; nil for all.
    package var rule: String?
    /// Only those that have fired, not those that were pending and nothing more.
    package var onlyFired: Bool
    /// Only those of this severity or a higher one; nil for all.
    package var severity: Severity?
    /// Only those that silences with these matchers would fit; nil for all.
    package var matchers: LabelMatchers?
    /// Only those that started at this moment or later; nil for all.
    package var startedSince: Timestamp?
    /// Only those that started before this moment; nil for all.
    package var startedUntil: Timestamp?
    /// Only those that began to fire at this moment or later; nil for all.
    package var firedSince: Timestamp?
    /// Only those that were over at this moment or later; nil for all.
    package var resolvedSince: Timestamp?
    /// At most so many.
    package var limit: Int

    /// Creates a filter that lets everything through.
    package init(
        ids: Set<String>? = nil, states: Set<Alert.State>? = nil, rule: String? = nil, onlyFired: Bool = false,
        severity: Severity? = nil, matchers: LabelMatchers? = nil, startedSince: Timestamp? = nil,
        startedUntil: Timestamp? = nil, firedSince: Timestamp? = nil, resolvedSince: Timestamp? = nil,
        limit: Int = 1_000
    ) {
        self.ids = ids
        self.states = states
        self.rule = rule
        self.onlyFired = onlyFired
        self.severity = severity
        self.matchers = matchers
        self.startedSince = startedSince
        self.startedUntil = startedUntil
        self.firedSince = firedSince
        self.resolvedSince = resolvedSince
        self.limit = limit
    }

    /// Whether `alert` matches; the limit is not looked at.
    package func matches(_ alert: Alert) -> Bool {
        ids?.contains(alert.id) ?? true && states?.contains(alert.state) ?? true
            && rule.map { $0 == alert.rule } ?? true
            && (!onlyFired || alert.firedAt != nil) && severity.map { alert.severity.rank >= $0.rank } ?? true
            && matchers?.matches(alert.matchedLabels) ?? true
            && startedSince.map { alert.startedAt >= $0 } ?? true && startedUntil.map { alert.startedAt < $0 } ?? true
            && firedSince.map { since in alert.firedAt.map { $0 >= since } ?? false } ?? true
            && resolvedSince.map { since in alert.resolvedAt.map { $0 >= since } ?? false } ?? true
    }
}
