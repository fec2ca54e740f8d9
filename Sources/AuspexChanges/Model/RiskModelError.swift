package import AuspexNumerics

/// Why there is no model.
package enum RiskModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are too few outcomes to learn anything from.
    case tooFewOutcomes(changes: Int, harmful: Int)
    /// The split leaves no change to judge.
    case nothingToJudge(changes: Int, split: Double)
    /// The arithmetic failed.
    case numerics(NumericsError)
    /// The document is of a format that this version does not know.
    case unknownFormat(Int)
    /// The document says what no model can be.
    case damaged(String)

    package var description: String {
        switch self {
        case .tooFewOutcomes(let changes, let harmful):
            "\(harmful) of \(changes) changes did harm; at least \(RiskTrainer.fewestChanges) changes are needed, with"
                + " \(RiskTrainer.fewestOfAKind) harmful and as many harmless ones, to learn from them"
        case .nothingToJudge(let changes, let split):
            "a split of \(split) leaves none of \(changes) changes to judge; a smaller one does"
        case .numerics(let error):
            "the risk model cannot be fitted: \(error)"
        case .unknownFormat(let format):
            "the risk model has format \(format), this version reads format \(RiskModel.format): train it again"
        case .damaged(let reason):
            "the risk model is damaged: \(reason); train it again"
        }
    }
}
