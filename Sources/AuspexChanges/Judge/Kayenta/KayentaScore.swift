/// The score of a whole canary by its metrics.
struct KayentaScore: Hashable, Sendable {
    /// From this share of metrics without data on the score is 0.
    private static let tooManyWithoutData = 0.5

    /// 0 to 100, with two decimals.
    let total: Double
    /// Each group.
    let groups: [JudgeReport.Group]
    /// Why the groups did not decide; nil when they did.
    let overruling: String?

    /// Scores.
    ///
    /// - Parameters:
    ///   - judged: The metrics that count, muted ones left out.
    ///   - weights: The groups' shares in percent.
    init(_ judged: [KayentaJudge.Judged], weights: [String: Double]) {
        let groups = Self.groups(judged, weights)
        self.groups = groups
        let critical = judged.filter(\.finding.isCritical).map(\.metric.name)
        let withoutData = judged.count { $0.finding.class == .noData }
        if !critical.isEmpty {
            overruling = "the score is 0: critical and not passed: \(critical.joined(separator: ", "))"
        } else if Double(withoutData) >= Self.tooManyWithoutData * Double(judged.count) {
            overruling = "the score is 0: \(withoutData) of \(judged.count) metrics have no data"
        } else {
            overruling = nil
        }
        let sum = groups.map { $0.score * $0.weight / 100 }.reduce(0, +)
        total = overruling == nil ? (sum * 100).rounded() / 100 : 0
    }

    private static func groups(_ judged: [KayentaJudge.Judged], _ weights: [String: Double]) -> [JudgeReport.Group] {
        var members: [String: [MetricVerdict.Class]] = [:]
        for one in judged {
            for group in one.metric.groups.isEmpty ? [KayentaMetric.ungrouped] : one.metric.groups {
                members[group, default: []].append(one.finding.class)
            }
        }
        let unweighted = members.keys.count { weights[$0] == nil }
        let rest = max(0, 100 - weights.values.reduce(0, +))
        return members.sorted { $0.key < $1.key }.map { name, classes in
            let counted = classes.filter { $0 != .noData }
            let passed = counted.count { $0 == .pass }
            return JudgeReport.Group(
                name: name, score: counted.isEmpty ? 100 : 100 * Double(passed) / Double(counted.count),
                weight: weights[name] ?? rest / Double(max(1, unweighted)))
        }
    }
}
