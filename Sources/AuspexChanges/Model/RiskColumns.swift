import AuspexNumerics
import Foundation

/// The numbers that the model sees of a change: the logarithms of its measures, ratios of them, and their ranks among
/// the service's last changes.
enum RiskColumns {
    /// The ratios, as differences of logarithms; relative churn after Nagappan and Ball (ICSE 2005).
    private static let ratios: [@Sendable (ChangeMeasures) -> Double] = [
        { log1p($0[.la]) - log1p($0[.lt]) },
        { log1p($0[.ld]) - log1p($0[.lt]) },
        { log1p($0[.lt] / files($0)) },
        { log1p($0[.nuc] / files($0)) },
        { log1p($0[.la] / files($0)) },
        { log1p($0[.rexp]) - log1p($0[.exp]) },
        { log1p($0[.sexp]) - log1p($0[.exp]) },
        { log1p($0[.la]) - log1p($0[.ld]) },
        { log1p($0[.la] + $0[.ld]) },
    ]

    /// The column of log(1 + lines added), the only one of the size part.
    static let size = ChangeFeature.la.position..<ChangeFeature.la.position + 1

    /// The columns of the linear part: logarithms and ranks.
    static let linear = 0..<2 * ChangeMeasures.count

    /// All columns, for the trees.
    static let count = 2 * ChangeMeasures.count + ratios.count

    /// The columns of one change: logarithms, ranks, ratios.
    static func row(_ change: ChangeMeasures, among window: RankWindow) -> [Double] {
        change.values.map { log1p($0) } + window.ranks(of: change) + ratios.map { $0(change) }
    }

    /// The columns of changes that come oldest first, each ranked among those of its source before it.
    ///
    /// - Parameters:
    ///   - changes: The changes.
    ///   - sources: The number of each one's source, from 0.
    static func matrix(_ changes: [ChangeMeasures], sources: [Int]) -> Matrix<Double> {
        var matrix = Matrix<Double>(rows: changes.count, columns: count)
        var windows = [RankWindow](repeating: RankWindow(), count: (sources.max() ?? 0) + 1)
        for (row, change) in changes.enumerated() {
            let columns = self.row(change, among: windows[sources[row]])
            for (column, value) in columns.enumerated() { matrix[row, column] = value }
            windows[sources[row]].add(change)
        }
        return matrix
    }

    /// One row of the matrix.
    static func row(_ row: Int, of matrix: Matrix<Double>) -> [Double] {
        (0..<matrix.columns).map { matrix[row, $0] }
    }

    private static func files(_ change: ChangeMeasures) -> Double { max(1, change[.nf]) }
}
