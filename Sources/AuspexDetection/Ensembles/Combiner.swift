import AuspexSignals

/// Several detectors asked about the same table, and their scores brought to one scale and put together.
struct Combiner: CompositeDetector {
    static let descriptor = DetectorDescriptor(
        name: "combine",
        summary: "Several detectors of your choice as one; says which of them raised a score.",
        kind: .batch, family: "ensemble",
        parameters: [
            .text(
                "members", default: "knn+poly+iforest+mad", form: "detectors such as mad+knn(k=5;window=64)",
                meaning: "which detectors, at most \(CombinerMembers.most), with '+' between them, parameters in "
                    + "parentheses and ';' between parameters"),
            .choice(
                "by", default: CombinerRule.mean.rawValue, of: CombinerRule.allCases.map(\.rawValue),
                meaning: "the mean or largest of scores in mean absolute deviations from their medians, the mean of "
                    + "ranks, or the mean of −ln p of calibrated scores (Fisher)"),
        ],
        cost: "the sum of the members', and 20·n·log₂ n flops a member",
        memory: "the largest member's, and 100·n bytes",
        source: "Aggarwal and Sathe 2017, §5; Fisher 1925 for p-values", minimumHistory: "the longest of the members'")

    private let names: [String]
    private let members: [any BatchDetector]
    private let rule: CombinerRule

    init(parameters: ParameterValues, registry: DetectorRegistry) throws(DetectorError) {
        guard let rule = CombinerRule(rawValue: try parameters.choice("by")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "by")
        }
        self.rule = rule
        let text = try parameters.text("members")
        let list = try CombinerMembers(text).members
        names = list.map(\.name)
        var members: [any BatchDetector] = []
        for member in list {
            do {
                members.append(try registry.makeBatch(member.specification))
            } catch {
                throw CombinerMembers.malformed(text, member.column, error.description)
            }
        }
        self.members = members
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        var models: [any DetectorModel] = []
        for member in members { models.append(try member.fit(table, training: training)) }
        return Model(names: names, models: models, rule: rule, columns: table.columns)
    }

    private struct Model: DetectorModel {
        let names: [String]
        let models: [any DetectorModel]
        let rule: CombinerRule
        let columns: Int

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            var combined = CombinedScores(rule: rule, rows: table.rows)
            var result = DetectorOutput(scores: [])
            var attribution = Attribution(rows: table.rows)
            for (name, model) in zip(names, models) {
                let output = try model.scores(table)
                let voice = try rule.voice(of: output.scores, reach: output.reach)
                combined.add(voice)
                attribution.add(name, voice)
                result.reach = max(result.reach, output.reach)
                result.notes += output.notes.map { "\(name): \($0)" }
                result.expectations = result.expectations ?? output.expectations
            }
            result.scores = table.finished(combined.scores)
            result.attribution = attribution
            return result
        }
    }
}
