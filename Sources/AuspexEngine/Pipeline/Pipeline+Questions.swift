package import AuspexRules
package import AuspexSignals

/// What anyone may ask while messages are worked in.
extension Pipeline {
    /// The rules in force.
    package var ruleSet: RuleSet { rules.ruleSet }

    /// What each rule has been through, by its identifier.
    package var ruleStatistics: [String: RuleStatistics] {
        Dictionary(
            uniqueKeysWithValues: rules.ruleSet.rules.compactMap { rule in
                rules.statistics(of: rule.id).map { (rule.id, $0) }
            })
    }

    /// The moment that rules go by, which is not later than `now`.
    package func moment(now: Timestamp) -> Timestamp {
        min(now, clock.horizon(wall: now, lateness: .zero) ?? now)
    }

    /// The silence of this identifier.
    package func silence(_ id: String) -> Silence? { rules.silences[id] }

    /// The silences in order of their start.
    package var silences: [Silence] { rules.silences.silences }

    /// Why a person's act can't be done as things stand; nil if it can.
    package func obstacle(to act: IncidentAct) -> IncidentError? { incidents.tracker.obstacle(to: act) }

    /// Why a silence can't be made, changed or ended as things stand; nil if it can.
    package func obstacle(to change: SilenceChange, now: Timestamp) -> SilenceError? {
        var silences = rules.silences
        do throws(SilenceError) {
            try silences.apply(change, at: now)
            return nil
        } catch {
            return error
        }
    }

    /// What a silence with these matchers would do to the alerts that are pending or firing.
    package func preview(_ matchers: LabelMatchers) -> SilencePreview {
        SilencePreview(matchers, among: rules.activeAlerts)
    }

    /// The incident that goes by an identifier, as far as it is not forgotten.
    package func incident(_ id: String) -> Incident? { incidents.tracker.incident(id) }

    /// The services and what they depend on.
    package var services: ServiceGraph { incidents.graph }

    /// The series that have this metric name and all of these labels, in order of their labels.
    package nonisolated func series(named name: String?, with labels: [String: String] = [:]) -> [WatchedSeries] {
        detection.series(named: name, with: labels)
    }

    /// The groups of which the labels have these values, in order of their labels.
    package nonisolated func groups(with labels: [String: String]) -> [GroupStatus] { detection.groups(with: labels) }
}
