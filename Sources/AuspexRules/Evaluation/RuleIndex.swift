import AuspexSignals

/// Which conditions of which rules a fact has to be shown to. Answers never change with the index, only the time that they take: a rule is
/// left out only where its expression is surely false.
struct RuleIndex: Sendable {
    /// A condition, by the places of its rule and of itself in the rule.
    struct Place: Hashable, Comparable, Sendable {
        var rule: Int
        var condition: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.rule, left.condition) < (right.rule, right.condition)
        }
    }

    /// Conditions about some names, by source and name.
    private var named: [FactSource: [String: [Place]]] = [:]
    /// Conditions that may be about any fact of a source.
    private var open: [FactSource: [Place]] = [:]

    /// An index over `rules`; with `isUsed` false, one that leaves no rule of the right source out.
    init(_ rules: [Rule], isUsed: Bool = true) {
        for (number, rule) in rules.enumerated() {
            for (part, condition) in rule.conditions.enumerated() {
                let place = Place(rule: number, condition: part)
                if isUsed, let names = condition.names {
                    for name in names { named[condition.source, default: [:]][name, default: []].append(place) }
                } else {
                    open[condition.source, default: []].append(place)
                }
            }
        }
    }

    /// Calls `body` with the places of the conditions that `fact` may concern, in no particular order of the two kinds.
    func forEachCondition(concernedBy fact: Fact, _ body: (Place) -> Void) {
        let (source, name) = Self.key(of: fact)
        for place in open[source] ?? [] { body(place) }
        guard let name, let names = named[source] else { return }
        for place in names[name] ?? [] { body(place) }
    }

    private static func key(of fact: Fact) -> (FactSource, name: String?) {
        switch fact {
        case .metric(let metric): (.metric, metric.labels.name)
        case .stale(let labels, _): (.metric, labels.name)
        case .log: (.log, nil)
        case .logAnomaly: (.logAnomaly, nil)
        case .change: (.change, nil)
        case .alert(let alert): (.alert, alert.name)
        case .health: (.health, nil)
        case .incident: (.incident, nil)
        }
    }
}
