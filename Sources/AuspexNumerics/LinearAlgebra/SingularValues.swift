/// The thin singular value decomposition A = U diag(s) Vᵀ of an m×n matrix, r = min(m, n).
package struct SingularValues<Scalar: BLASScalar>: Sendable {
    /// m×r, columns of length 1.
    package let u: Matrix<Scalar>
    /// The r singular values, descending, 0 or more.
    package let values: [Scalar]
    /// r×n, rows of length 1.
    package let vt: Matrix<Scalar>
}

extension Matrix {
    /// The thin singular value decomposition. O(m·n·min(m, n)).
    ///
    /// - Throws: ``NumericsError``: NaN, no convergence.
    package func singularValues() throws(NumericsError) -> SingularValues<Scalar> {
        let routine = Scalar.prefix + "gesdd"
        let size = try sizes(for: routine)
        try checkFinite(for: routine)
        let rank = min(rows, columns)
        var u = Matrix(rows: rows, columns: rank)
        var vt = Matrix(rows: rank, columns: columns)
        guard rank > 0 else { return SingularValues(u: u, values: [], vt: vt) }
        BLASThreads.pin()
        var copy = storage
        var values = [Scalar](repeating: 0, count: rank)
        var iwork = [Int32](repeating: 0, count: 8 * rank)
        var workSize = Scalar(0)
        let query = Scalar.gesdd(
            size.rows, size.columns, &copy, &values, &u.storage, &vt.storage, &workSize, -1, &iwork)
        try check(query, routine: routine)
        guard let lwork = Int32(exactly: workSize.rounded(.up)) else {
            throw .shape(routine: routine, reason: "\(rows)×\(columns) needs more workspace than LAPACK can address")
        }
        var work = [Scalar](repeating: 0, count: Int(lwork))
        let info = Scalar.gesdd(
            size.rows, size.columns, &copy, &values, &u.storage, &vt.storage, &work, lwork, &iwork)
        try check(info, routine: routine)
        return SingularValues(u: u, values: values, vt: vt)
    }
}
