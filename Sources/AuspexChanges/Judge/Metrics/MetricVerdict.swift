/// What a judge says of one metric.
package struct MetricVerdict: Hashable, Sendable, Codable {
    /// What happened to the metric. The words are those of kayenta, so that reports can be compared, and one more.
    package enum Class: String, Hashable, Sendable, Codable, CaseIterable {
        /// No difference that counts.
        case pass = "Pass"
        /// The canary is too high.
        case high = "High"
        /// The canary is too low.
        case low = "Low"
        /// The canary's values spread otherwise than the baseline's, around the same middle.
        case spread = "Spread"
        /// A side has no values, or too few to tell anything.
        case noData = "Nodata"
        /// The same of a metric that must have data.
        case noDataFail = "NodataFailMetric"
    }

    /// A range of numbers.
    package struct Interval: Hashable, Sendable, Codable {
        /// The lower end; nil (null) when there is none.
        package var lower: Double?
        /// The upper end; nil (null) when there is none.
        package var upper: Double?

        /// Creates an interval; infinite ends are none.
        package init(_ lower: Double, _ upper: Double) {
            self.lower = lower.isFinite ? lower : nil
            self.upper = upper.isFinite ? upper : nil
        }
    }

    /// The metric's name.
    package var name: String
    /// What happened.
    package var `class`: Class
    /// What that means for the decision.
    package var outcome: Verdict.Outcome
    /// The kind of metric.
    package var kind: MetricKind?
    /// The test that decided; nil when there was nothing to test.
    package var test: String?
    /// The chance of a difference this large when there is none, in the direction that counts.
    package var p: Double?
    /// The same, corrected for how many metrics are looked at.
    package var adjustedP: Double?
    /// The canary over the baseline: 1 is no difference. Nil when the baseline is zero.
    package var effect: Double?
    /// Where the effect lies with a chance of 95 %, or with that of the configuration.
    package var effectInterval: Interval?
    /// What the effect is, such as `ratio of rates`.
    package var effectKind: String?
    /// The baseline in one number: median, rate or share.
    package var baseline: Double?
    /// The canary in one number.
    package var canary: Double?
    /// How many values of the baseline counted.
    package var baselineCount: Int
    /// How many values of the canary counted.
    package var canaryCount: Int
    /// How alike neighbouring values are, 0 to 1; nil when it does not matter to the test.
    package var autocorrelation: Double?
    /// Whether the whole change stands and falls with the metric.
    package var critical: Bool
    /// Whether the metric is shown and does not count.
    package var muted: Bool
    /// Why, as a sentence with numbers.
    package var reason: String

    /// Creates a verdict without figures.
    package init(name: String, class: Class, outcome: Verdict.Outcome, critical: Bool = false, reason: String) {
        self.name = name
        self.class = `class`
        self.outcome = outcome
        self.critical = critical
        self.reason = reason
        muted = false
        baselineCount = 0
        canaryCount = 0
    }

    private enum CodingKeys: String, CodingKey {
        case name, `class`, outcome, kind, test, p, adjustedP, effect, effectInterval, effectKind, baseline, canary
        case baselineCount, canaryCount, autocorrelation, critical, muted, reason
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(`class`, forKey: .class)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(kind, forKey: .kind)
        try container.encode(test, forKey: .test)
        try container.encode(p, forKey: .p)
        try container.encode(adjustedP, forKey: .adjustedP)
        try container.encode(effect, forKey: .effect)
        try container.encode(effectInterval, forKey: .effectInterval)
        try container.encode(effectKind, forKey: .effectKind)
        try container.encode(baseline, forKey: .baseline)
        try container.encode(canary, forKey: .canary)
        try container.encode(baselineCount, forKey: .baselineCount)
        try container.encode(canaryCount, forKey: .canaryCount)
        try container.encode(autocorrelation, forKey: .autocorrelation)
        try container.encode(critical, forKey: .critical)
        try container.encode(muted, forKey: .muted)
        try container.encode(reason, forKey: .reason)
    }
}
