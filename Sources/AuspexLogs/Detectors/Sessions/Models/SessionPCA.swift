package import AuspexNumerics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sessions that lie off the main directions in which sessions vary (Xu et al. 2009), as loglizer has it: inverse
/// frequencies, centred; 95 % of the variance; the squared distance to that subspace against the Q statistic of Jackson and
/// Mudholkar 1979. A model for comparison, fitted once.
package struct SessionPCA: Sendable {
    /// Share of the variance that the subspace keeps.
    private static let share = 0.95
    /// The normal quantile of 1 − 0.001/2 that loglizer takes.
    private static let quantile = 3.2905

    private let matrix: SessionMatrix
    private let means: [Double]
    private let components: [[Double]]
    /// A larger squared distance is reported.
    package let threshold: Double

    /// Fits the model. O(sessions × templates² + templates³).
    ///
    /// - Throws: ``NumericsError`` when there is nothing to fit or the eigenvalues don't converge.
    package init(_ training: [CountVector]) throws(NumericsError) {
        let matrix = SessionMatrix(training, .inverseFrequency)
        let (vectors, times) = SessionMatrix.distinct(training)
        let rows = vectors.map(matrix.row)
        let count = Double(training.count)
        var means = [Double](repeating: 0, count: matrix.templates.count)
        for (row, times) in zip(rows, times) {
            for column in means.indices { means[column] += row[column] * times / count }
        }
        let centred = rows.map { zip($0, means).map { $0 - $1 } }
        let eigen = try SessionMatrix.crossProducts(centred, times: times.map { $0 / count }).symmetricEigen()
        let values = eigen.values.map { max(0, $0) }
        let total = values.reduce(0, +)
        var (kept, sum) = (0, 0.0)
        while kept < values.count, total > 0, sum / total < Self.share {
            sum += values[kept]
            kept += 1
        }
        self.matrix = matrix
        self.means = means
        components = (0..<kept).map { column in means.indices.map { eigen.vectors[$0, column] } }
        threshold = Self.threshold(values[kept...])
    }

    private static func threshold(_ rest: ArraySlice<Double>) -> Double {
        let phi = (1...3).map { power in rest.reduce(0) { $0 + pow($1, Double(power)) } }
        guard phi[0] > 0, phi[1] > 0 else { return 0 }
        let h = 1 - 2 * phi[0] * phi[2] / (3 * phi[1] * phi[1])
        let spread = quantile * (2 * phi[1] * h * h).squareRoot() / phi[0]
        return phi[0] * pow(spread + 1 + phi[1] * h * (h - 1) / (phi[0] * phi[0]), 1 / h)
    }

    /// The squared distance of a session to the subspace.
    package func distance(of session: CountVector) -> Double {
        let centred = zip(matrix.row(session), means).map { $0 - $1 }
        var rest = centred
        for component in components {
            let length = zip(centred, component).reduce(0) { $0 + $1.0 * $1.1 }
            for index in rest.indices { rest[index] -= length * component[index] }
        }
        return rest.reduce(0) { $0 + $1 * $1 }
    }

    /// Whether a session is reported.
    package func isAnomalous(_ session: CountVector) -> Bool { distance(of: session) > threshold }
}
