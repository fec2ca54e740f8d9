package import AuspexSignals

/// What alerts of a rule can be about, for those who ask whether anybody looks at that.
extension Rule {
    /// What the conditions that have to hold look at.
    package var sources: Set<FactSource> { Set(positives.map(\.source)) }

    /// The names of the series that they look at; nil when it may be any.
    package var seriesNames: Set<String>? {
        positives.filter { $0.source == .metric }.reduce([] as Set<String>?) { known, condition in
            known.flatMap { known in condition.names.map { known.union($0) } }
        }
    }

    /// Why no alert of the rule can have these labels, in words; nil when one can. A missing label is an empty one.
    package func objection(toAlertLabels wanted: [String: String]) -> String? {
        for (name, value) in wanted.sorted(by: { $0.key < $1.key }) {
            if let own = labels[name] {
                if own != value { return "all its alerts have \(name)=\"\(own)\"" }
            } else if !value.isEmpty, let groupNames, !groupNames.contains(name) {
                let names = groupNames.map { "'\($0)'" }.joined(separator: ", ")
                return "no alert of it has the label '\(name)': it groups by \(names.isEmpty ? "none" : names)"
            }
        }
        return nil
    }

    /// The labels that tell its alerts apart; nil when it may be any.
    private var groupNames: [String]? { correlation == nil ? groupBy : join.names ?? [] }

    /// Whether a series with these labels may be one that the rule looks at: no exception leaves it alone, and there is a
    /// value with which a condition could hold for it. Costs an evaluation of each condition.
    package func looks(at series: Labels) -> Bool {
        let fact = Fact.stale(series, at: Timestamp(milliseconds: 0))
        guard exceptions.match(fact) == nil else { return false }
        var statistics = RuleStatistics()
        return positives.contains { condition in
            condition.source == .metric
                && RuleEvaluation.answer(condition, fact, fact.value(condition.fields), &statistics) == .lost
        }
    }

    /// Whether the labels of a group are those of what the rule looks at; where several things are joined, they need not be.
    package var groupsBySubject: Bool { correlation == nil }

    /// The group to which what was checked belongs.
    package func group(of fact: HealthFact) -> Labels { group(of: .health(fact)) }

    /// The group to which a series with these labels belongs.
    package func group(ofSeries labels: Labels) -> Labels {
        guard correlation == nil else { return labels.projected(onto: join.names ?? []) }
        return group(of: .stale(labels, at: Timestamp(milliseconds: 0)))
    }
}
