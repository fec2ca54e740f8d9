import AuspexDocuments
import AuspexExpressions
import AuspexSignals

extension RuleDecoder {
    /// The most that a score can be, and a point can add.
    private static let mostPoints = 1_000.0
    /// The most that a score is unless the rule says otherwise.
    private static let usualCap = 100.0
    private static let usualBands = [("low", 0.0), ("medium", 40), ("high", 70)]

    /// `risk`: points for what makes a case worse or better.
    func risk(_ node: DocumentNode, _ when: When?) -> RiskScore? {
        var reader = MappingReader(node, named: "'risk'", reporting: collector)
        let base = reader.optionalDouble("base", in: 0...Self.mostPoints) ?? 0
        let cap = reader.optionalDouble("cap", in: 0...Self.mostPoints) ?? Self.usualCap
        let points = (reader.optionalMappings("points", named: "an entry of 'points'") ?? []).compactMap {
            self.points($0, when)
        }
        let bands = reader.optionalEntries("bands").map { self.bands($0, reader, cap) }
        reader.finish()
        return RiskScore(
            base: base, points: points, cap: cap,
            bands: bands ?? Self.usualBands.map { RiskScore.Band(name: $0.0, from: $0.1) })
    }

    private func points(_ reader: MappingReader, _ when: When?) -> RiskScore.Points? {
        var reader = reader
        let test = reader.node("if")
        let add = reader.double("add", in: -Self.mostPoints...Self.mostPoints)
        let because = reader.string("because")
        reader.finish()
        guard let test, let add, let because, let when else { return nil }
        return RuleExpression(
            test, about: Set(when.positives.map(\.source)),
            variables: FactSchema.responseVariables(when.positives, hasRisk: false), expecting: .bool,
            reporting: collector
        ).map { RiskScore.Points(condition: $0, add: add, because: because) }
    }

    /// `bands`: from which score on a case is called what.
    private func bands(_ entries: [DocumentNode.Entry], _ reader: MappingReader, _ cap: Double) -> [RiskScore.Band] {
        let bands = entries.compactMap { entry -> RiskScore.Band? in
            guard let from = entry.value.double else {
                collector.report(entry.value.location, "a band begins at a number, not \(entry.value.kind)")
                return nil
            }
            if from > cap { collector.report(entry.value.location, "no score is above the cap of \(cap)") }
            return RiskScore.Band(name: entry.key, from: from)
        }.sorted { ($0.from, $0.name) < ($1.from, $1.name) }
        if bands.first.map({ $0.from > 0 }) ?? true {
            reader.report("bands", "a band must begin at 0, or low scores have no name")
        }
        for (left, right) in zip(bands, bands.dropFirst()) where left.from == right.from {
            reader.report("bands", "the bands '\(left.name)' and '\(right.name)' begin at the same score")
        }
        return bands
    }
}
