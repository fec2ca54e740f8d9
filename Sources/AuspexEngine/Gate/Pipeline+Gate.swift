import AuspexChanges
import AuspexRules
import AuspexSignals

/// What the pipeline knows that the gate asks for, at one moment.
struct GateSurroundings: Sendable {
    /// The names under which the service is known: as it was asked about, and the canonical one.
    var names: [String]
    /// The open alerts of the service.
    var alerts: [AuspexRules.Alert]
    /// The open incidents of the service and of what it depends on, gravest first.
    var incidents: [ChangeContext.Incident]
    /// The freezes in force.
    var freezes: [ChangeContext.Freeze]
    /// What rules say of the change.
    var points: RulePoints
    /// What the service depends on.
    var dependencies: [String]
    /// How many services depend on it; nil for one that is not known.
    var dependents: Int?
}

extension Pipeline {
    /// What surrounds a proposed change; its `startedAt` is the moment of the question. Costs what concerns the service,
    /// and the rules about changes.
    func surroundings(of change: Change) -> GateSurroundings {
        let canonical = incidents.graph.canonicalName(change.service)
        let (names, alerts) = openAlerts(ofService: change.service, in: change.environment)
        let reach = reaches.reach(of: canonical, in: incidents.graph)
        return GateSurroundings(
            names: names, alerts: alerts,
            incidents: openIncidents(of: canonical, and: reach.dependencies, in: change.environment),
            freezes: freezes(of: change),
            points: RulePoints(rules.riskPoints(for: change)), dependencies: reach.dependencies,
            dependents: reach.dependents)
    }

    /// The names under which a service is known, and its open alerts in an environment.
    func openAlerts(
        ofService service: String, in environment: String
    ) -> (names: [String], alerts: [AuspexRules.Alert]) {
        let names = incidents.graph.names(of: service)
        return (names, openAlerts.alerts(ofServices: names, in: environment))
    }

    /// The names under which what belongs to a service may come.
    func names(ofService service: String) -> [String] { incidents.graph.names(of: service) }

    /// Whether both names are of the same service.
    func isSame(service name: String, _ other: String) -> Bool {
        incidents.graph.canonicalName(name) == incidents.graph.canonicalName(other)
    }

    /// An incident of several services counts for the nearest of them.
    private func openIncidents(
        of service: String, and dependencies: [String], in environment: String
    ) -> [ChangeContext.Incident] {
        guard incidents.tracker.openCount > 0 else { return [] }
        var seen: Set<String> = []
        let found = ([service] + dependencies).enumerated().flatMap { place, name in
            incidents.tracker.openIncidents(of: name)
                .filter { openAlerts.mayBe($0, in: environment) && seen.insert($0.id).inserted }
                .map { incident in
                    ChangeContext.Incident(
                        id: incident.id, title: incident.title, severity: .init(incident.severity), service: name,
                        isDependency: place > 0)
                }
        }
        func rank(_ incident: ChangeContext.Incident) -> Int {
            ServiceHealth.Alert.Severity.allCases.firstIndex(of: incident.severity) ?? 0
        }
        return found.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }

    private func freezes(of change: Change) -> [ChangeContext.Freeze] {
        let windows = rules.ruleSet.windows
        let effect = windows.effect(at: change.startedAt, labels: Fact.change(change).labels)
        return effect.freezes.map { ChangeContext.Freeze(id: $0, title: windows[$0]?.title ?? "") }
    }
}

extension ServiceGraph {
    /// The names under which what belongs to a service may come: the given one first, and the one under which it is kept.
    func names(of service: String) -> [String] {
        let canonical = canonicalName(service)
        return canonical == service ? [service] : [service, canonical]
    }
}

extension RulePoints {
    /// The points as a verdict has them.
    fileprivate init(_ risks: [ChangeRisk]) {
        var rules: [Rule] = []
        var unanswered: [Unanswered] = []
        for risk in risks {
            switch risk.answer {
            case .missing(let reason): unanswered.append(Unanswered(rule: risk.rule, reason: reason))
            case .points(let points):
                rules.append(
                    Rule(
                        rule: risk.rule, title: risk.title, score: points.score, band: points.band,
                        reasons: points.reasons.map { Reason(text: $0.text, points: $0.points) }))
            }
        }
        self.init(rules: rules, unanswered: unanswered)
    }
}
