import AuspexSignals

/// What expressions see besides the fact. Rules whose expressions ask for none of it have no context made.
extension RuleEngine {
    /// The services that rules, and inhibitions along dependencies, go by: those that the rules' documents declare, and what
    /// else was given.
    package var graph: ServiceGraph { services.graph }

    /// Puts another graph in place of the one there is; it has to contain what the rules' documents declare. Who keeps whom
    /// quiet is found out anew with the next tick. Linear in services, edges and alerts that fire.
    package mutating func use(_ graph: ServiceGraph) {
        services = ServiceReachMemo(graph)
        guard !inhibitions.isEmpty else { return }
        inhibitions = Self.inhibitions(of: ruleSet, services)
        fillInhibitions()
    }

    /// Facts about instances of services that were left out because there are too many.
    package var refusedFleetReports: Int { fleets.values.reduce(0) { $0 + $1.refusedReports } }

    /// A book for each time for which rules hold facts back that ask for the instances of services.
    static func fleets(of ruleSet: RuleSet) -> [TimeSpan: FleetBook] {
        Dictionary(ruleSet.rules.filter(\.asksForFleet).map { ($0.allowLate, FleetBook()) }) { first, _ in first }
    }

    /// Takes over what is known of instances, as far as rules ask for it. Where none held facts back for so long, another's
    /// is better than nothing.
    mutating func takeFleets(_ known: [TimeSpan: FleetBook]) {
        let other = known.min { $0.key < $1.key }?.value
        for delay in fleets.keys { fleets[delay] = known[delay] ?? other ?? FleetBook() }
    }

    /// The context of a condition that is asked about a fact; nil if it needs none.
    func context(of condition: Condition, _ fact: Fact, heldBack delay: TimeSpan) -> RuleContext? {
        guard condition.expression.needsContext else { return nil }
        return RuleContext(
            now: fact.time, labels: fact.labels, windows: ruleSet.windows, services: services, fleet: fleets[delay])
    }

    /// The context of what is asked when an alert begins to fire; nil if its rule needs none.
    func contextToFire(_ alert: Alert, at place: Int, firedAt: Timestamp) -> RuleContext? {
        let rule = ruleSet.rules[place]
        guard rule.needsContextToFire else { return nil }
        return RuleContext(
            now: firedAt, labels: alert.matchedLabels, windows: ruleSet.windows, services: services,
            fleet: fleets[rule.allowLate])
    }
}
