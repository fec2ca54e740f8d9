/// Why the quality of scores cannot be measured.
public enum MetricError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are no rows.
    case empty
    /// Scores and labels are not of one length.
    case lengths(scores: Int, labels: Int)
    /// The score of a row, counted from 0, is NaN or infinite.
    case scoreNotFinite(row: Int)
    /// Every row is an anomaly, so that no false alarm is possible.
    case onlyAnomalies
    /// The widest window is negative.
    case negativeWindow(Int)

    /// What was wrong and what would be right.
    public var description: String {
        switch self {
        case .empty: "there are no rows; metrics need at least one normal and one anomalous row"
        case .lengths(let scores, let labels): "\(scores) scores for \(labels) labels; give one of each a row"
        case .scoreNotFinite(let row): "the score of row \(row + 1) is not finite; a detector must give a finite score"
        case .onlyAnomalies: "every row is labelled anomalous; metrics need at least one normal row"
        case .negativeWindow(let window): "the window \(window) is negative; it must be 0 or more"
        }
    }
}
