import Foundation

extension RiskEvaluation {
    /// A table with one row a way to come by probabilities.
    package var table: String {
        var table = TextTable(
            [("probabilities", .left)]
                + ["auc_roc", "auc_pr", "brier", "ece", "capture_5", "capture_10", "capture_50"].map { ($0, .right) })
        if let followed, let labelDelayDays {
            let name = "\(model), newer outcomes known after \(NumberText.short(labelDelayDays)) d"
            table.append([name] + Self.cells(followed))
        }
        table.append(["\(model), as trained"] + Self.cells(frozen))
        table.append(["lines added, as trained"] + Self.cells(linesAdded))
        let rates = "harm: \(Self.shown(trainingRate)) of the older changes, \(Self.shown(testRate)) of the newer ones"
        return table.text + "\n\(rows) changes, split at \(split) in order of time; \(rates)\n"
    }

    private static func cells(_ metrics: RiskMetrics) -> [String] {
        [
            metrics.aucROC, metrics.aucPR, metrics.brier, metrics.ece, metrics.capture5, metrics.capture10,
            metrics.capture50,
        ].map(shown)
    }

    private static func shown(_ value: Double) -> String {
        String(format: "%.3f", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}
