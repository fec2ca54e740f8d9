import AuspexNumerics
import Foundation

extension RiskModel {
    /// Assesses a change by its measures and those of the repository's past.
    ///
    /// Where the repository has fewer than 20 earlier changes, the model's own last ones stand in for them.
    package func assess(_ report: FeatureReport) -> RiskAssessment {
        let isShort = report.history.count < SizeRisk.smallestHistory
        let earlier = isShort ? lastChanges : report.history.reversed().map { ChangeMeasures($0) }
        var assessment = assess(ChangeMeasures(report.change), after: earlier)
        if isShort {
            assessment.missing.append(
                "risk: \(report.history.count) earlier changes here, compared with the last ones of the training")
        }
        if let note = Self.note(onCommits: report.commits.count) { assessment.missing.append(note) }
        assessment.missing += report.notes
        assessment.content = report.content
        return assessment
    }

    /// What whoever reads an assessment should know of a change of so many commits; nil for nothing.
    static func note(onCommits commits: Int) -> String? {
        commits > 1 ? "risk: this change has \(commits) commits, the model was trained on single changes" : nil
    }

    /// Assesses a change.
    ///
    /// A measure's weight is its share of what the log-odds would move by if each measure in turn were the median of
    /// the earlier changes. These shares are no sum: measures that say the same thing share their effect.
    ///
    /// - Parameters:
    ///   - change: Its measures.
    ///   - earlier: Earlier changes of the service, oldest first, at least one; the last 500 count.
    /// - Complexity: O(500 · trees).
    package func assess(_ change: ChangeMeasures, after earlier: [ChangeMeasures]) -> RiskAssessment {
        let window = RankWindow(earlier)
        let logit = self.logit(change, among: window)
        let probability = LogisticFunction.probability(tracker.adjusted(logit))
        let others = Baseline(window.changes.map { self.logit($0, among: window) })
        let risk = Risk(
            probability: probability, percentile: others.percentile(of: logit) ?? 50,
            lift: probability / training.baseRate, model: name, trainedOn: training.changes + tracker.outcomes,
            calibrated: true)
        return RiskAssessment(risk: risk, reasons: reasons(change, logit, window))
    }

    private func reasons(_ change: ChangeMeasures, _ logit: Double, _ window: RankWindow) -> [Reason] {
        let baselines = ChangeFeature.allCases.map { feature in Baseline(window.changes.map { $0[feature] }) }
        let here = tracker.adjusted(logit)
        let effects = ChangeFeature.allCases.map { feature in
            let usual = change.replacing(feature, by: baselines[feature.position].median ?? 0)
            return here - tracker.adjusted(self.logit(usual, among: window))
        }
        let total = effects.reduce(0) { $0 + abs($1) }
        let kind = window.changes.count == 1 ? "change" : "changes"
        let reasons = ChangeFeature.allCases.map { feature in
            let effect = effects[feature.position]
            return Reason(
                feature, value: change[feature], among: baselines[feature.position], kind: kind,
                weight: total > 0 ? abs(effect) / total : 0, effect: Self.words(effect))
        }
        // Sorting must not swap equal ones.
        return reasons.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element)
    }

    /// Less than this is nothing to speak of: one per cent of the odds.
    private static let smallestEffect = 0.01

    private static func words(_ effect: Double) -> String {
        guard abs(effect) >= smallestEffect else { return "" }
        let factor = NumberText.short(exp(abs(effect)))
        return effect > 0 ? "; multiplies the odds by \(factor)" : "; divides the odds by \(factor)"
    }
}
