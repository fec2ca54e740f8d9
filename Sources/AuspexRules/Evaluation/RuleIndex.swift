import AuspexSignals

/// Which rules a fact has to be shown to. Answers never change with the index, only the time that they take: a rule is
/// left out only where its expression is surely false.
struct RuleIndex: Sendable {
    /// Rules about some names, by source and name.
    private var named: [FactSource: [String: [Int]]] = [:]
    /// Rules that may be about any fact of a source.
    private var open: [FactSource: [Int]] = [:]

    /// An index over `rules`; with `isUsed` false, one that leaves no rule of the right source out.
    init(_ rules: [Rule], isUsed: Bool = true) {
        for (place, rule) in rules.enumerated() {
            let source = rule.condition.source
            if isUsed, let names = rule.condition.names {
                for name in names { named[source, default: [:]][name, default: []].append(place) }
            } else {
                open[source, default: []].append(place)
            }
        }
    }

    /// Calls `body` with the places of the rules that `fact` may concern, in no particular order of the two kinds.
    func forEachRule(concernedBy fact: Fact, _ body: (Int) -> Void) {
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
        }
    }
}
