/// What a judge says of a change by what was measured before, or beside it, and after it.
package struct JudgeReport: Hashable, Sendable, Codable {
    /// The judge's name.
    package var judge: String
    /// The decision.
    package var verdict: Verdict.Outcome
    /// 0 (as bad as it gets) to 100 (nothing is worse), higher is better; nil (null) when nothing could be judged.
    package var score: Double?
    /// What led to the decision, as sentences, the gravest first.
    package var reasons: [String]
    /// The scores of groups of metrics; empty where the judge knows no groups.
    package var groups: [Group]
    /// Every metric.
    package var metrics: [MetricVerdict]

    /// The score of metrics that belong together.
    package struct Group: Hashable, Sendable, Codable {
        /// The group's name.
        package var name: String
        /// 0 to 100.
        package var score: Double
        /// Its share in the whole score, in percent.
        package var weight: Double
    }

    private enum CodingKeys: String, CodingKey {
        case judge, verdict, score, reasons, groups, metrics
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(judge, forKey: .judge)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(score, forKey: .score)
        try container.encode(reasons, forKey: .reasons)
        try container.encode(groups, forKey: .groups)
        try container.encode(metrics, forKey: .metrics)
    }
}
