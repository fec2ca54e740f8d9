/// A detector of changes that goes down a column's residuals one by one.
protocol ResidualScorer: Sendable {
    /// Takes a residual in, in robust standard deviations, and returns its score; one under 0 counts as 0.
    mutating func score(_ residual: Double) -> Double
}

/// A scorer of its own down each column's ``StandardResiduals``; a row's score is the largest of its columns'.
///
/// Missing rows are left out, and so are columns that never leave what is usual.
struct ResidualModel<Scorer: ResidualScorer>: DetectorModel {
    let residuals: StandardResiduals
    /// A scorer that has seen nothing.
    let fresh: Scorer

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        try table.checkWidth(residuals.columns)
        var scores = [Double](repeating: 0, count: table.rows)
        for column in residuals.residuals(table) where column.contains(where: { $0 != nil && $0 != 0 }) {
            var scorer = fresh
            for (row, residual) in column.enumerated() {
                guard let residual else { continue }
                scores[row] = max(scores[row], scorer.score(residual))
            }
        }
        return DetectorOutput(scores: table.finished(scores))
    }
}
