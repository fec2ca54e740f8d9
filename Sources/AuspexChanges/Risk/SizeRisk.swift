import Foundation

/// Risk by size alone: the model for a repository whose changes have no known outcomes yet.
///
/// Its raw score is log(1 + lines added). Over 19 public data sets in order of time that ranks defect-inducing changes
/// with a mean AUC of 0.718, against 0.711 for a hand-weighted sum of size, spread, history and experience and 0.717
/// for a model trained on other projects; of the other measures only FIX has the same sign everywhere. So they are
/// shown as reasons and carry no weight.
///
/// What comes out is a place among the repository's own changes, not a probability: nothing was learned from outcomes,
/// so none is given. Source of the model: Zeng et al., "Deep Just-in-Time Defect Prediction: How Far Are We?"
/// (ISSTA 2021), LApredict.
package enum SizeRisk {
    /// The model's name.
    package static let model = "size-only"

    /// With fewer earlier changes a percentile would move by more than five points from one change to the next.
    package static let smallestHistory = 20

    /// Assesses a change by its measures and those of the repository's past.
    package static func assess(_ report: FeatureReport) -> RiskAssessment {
        var assessment = assess(
            report.change, history: report.history, commitsPerChange: report.commits.count, notes: report.notes)
        assessment.content = report.content
        return assessment
    }

    /// Assesses a change.
    ///
    /// - Parameters:
    ///   - change: Its measures.
    ///   - history: Those of earlier changes of the same kind.
    ///   - commitsPerChange: How many commits each of them has.
    ///   - notes: What limits the figures; handed on as missing.
    package static func assess(
        _ change: ChangeFeatures, history: [ChangeFeatures], commitsPerChange: Int = 1, notes: [String] = []
    ) -> RiskAssessment {
        let kind = commitsPerChange == 1 ? "changes" : "changes of \(commitsPerChange) commits"
        guard history.count >= smallestHistory else {
            let text = "risk: \(history.count) earlier \(kind) to compare with, at least \(smallestHistory) are needed"
            return RiskAssessment(risk: nil, reasons: plainReasons(change), missing: [text] + notes)
        }
        let added = Baseline(history.map { Double($0.linesAdded) })
        let value = Double(change.linesAdded)
        // Both exist, the baseline is not empty.
        let percentile = added.percentile(of: value) ?? 0
        let median = log1p(added.median ?? 0)
        let risk = Risk(
            probability: nil, percentile: percentile, lift: median > 0 ? log1p(value) / median : nil, model: model,
            trainedOn: 0, calibrated: false)
        let reasons = ChangeFeature.allCases.map { feature in
            Reason(
                feature, value: feature.value(of: change), among: Baseline(history.map(feature.value)), kind: kind,
                weight: feature == .la ? 1 : 0)
        }
        return RiskAssessment(
            risk: risk, reasons: reasons, missing: ["risk: by size only, no outcomes of changes are known"] + notes)
    }

    /// The measures alone, where there is nothing to hold them against.
    private static func plainReasons(_ change: ChangeFeatures) -> [Reason] { plainReasons(ChangeMeasures(change)) }

    /// The measures alone, likewise.
    static func plainReasons(_ measures: ChangeMeasures) -> [Reason] {
        ChangeFeature.allCases.map { feature in
            let value = measures[feature]
            return Reason(text: "\(feature.title): \(NumberText.short(value))", value: value, weight: 0)
        }
    }
}
