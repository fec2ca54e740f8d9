import AuspexExpressions

/// How much is at stake when a rule's alert fires: points with reasons, added up.
package struct RiskScore: Sendable {
    /// Points that count when a condition holds.
    struct Points: Sendable {
        let condition: RuleExpression
        let add: Double
        let because: String
    }

    /// From a score on.
    struct Band: Sendable {
        let name: String
        let from: Double
    }

    let base: Double
    let points: [Points]
    /// The score is at most this, and never below zero.
    let cap: Double
    /// In order of where they begin; the first begins at zero or below.
    let bands: [Band]

    var expressions: [RuleExpression] { points.map(\.condition) }

    /// The score of a case. The sum doesn't depend on the order of the points.
    func assessment(
        _ variables: [String: CELValue], in context: RuleContext? = nil
    ) throws(RuleExpression.Failure) -> RuleRisk {
        var reasons: [RuleRisk.Reason] = []
        for point in points where try point.condition.holds(variables, in: context) {
            reasons.append(RuleRisk.Reason(text: point.because, points: point.add))
        }
        // Added in order of size, so that rounding can't depend on the order in the file.
        let sum = reasons.map(\.points).sorted().reduce(base, +)
        let score = min(max(sum, 0), cap)
        let band = bands.last { $0.from <= score }?.name ?? bands.first?.name ?? ""
        return RuleRisk(score: score, band: band, reasons: reasons)
    }
}

/// What came of a rule's risk score, kept with the alert.
package struct RuleRisk: Hashable, Sendable, Codable {
    /// Points that counted, and why.
    package struct Reason: Hashable, Sendable, Codable {
        /// The author's words.
        package var text: String
        /// The points, which may be negative.
        package var points: Double
    }

    /// The sum within its bounds.
    package var score: Double
    /// The name of the band in which the score lies.
    package var band: String
    /// In the order of the rule.
    package var reasons: [Reason]
}
