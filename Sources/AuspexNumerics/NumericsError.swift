/// What linear algebra and transforms refuse or fail at.
package enum NumericsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operands' shapes do not go together.
    case shape(routine: String, reason: String)
    /// An operand holds NaN or an infinity, for which the routine has no answer.
    case notFinite(routine: String)
    /// A factor of the leading minor of this order (from 1) is not positive: the matrix is not positive definite.
    case notPositiveDefinite(routine: String, order: Int)
    /// This column (from 1) depends on those before it, to working precision.
    case rankDeficient(routine: String, column: Int)
    /// The iteration did not converge.
    case notConverged(routine: String, info: Int)
    /// LAPACK refused the argument at this position; a fault of ours, not of the data.
    case illegalArgument(routine: String, position: Int)

    package var description: String {
        switch self {
        case .shape(let routine, let reason):
            "\(routine): \(reason)"
        case .notFinite(let routine):
            "\(routine): an operand holds NaN or an infinity; fill in or leave out missing values first"
        case .notPositiveDefinite(let routine, let order):
            "\(routine): the leading minor of order \(order) is not positive; the matrix must be positive definite"
        case .rankDeficient(let routine, let column):
            "\(routine): column \(column) depends on the columns before it; drop it or add a ridge"
        case .notConverged(let routine, let info):
            "\(routine): the iteration did not converge (info \(info))"
        case .illegalArgument(let routine, let position):
            "\(routine): LAPACK refused argument \(position)"
        }
    }
}
