/// The Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ, ready for solving.
package struct Cholesky<Scalar: BLASScalar>: Sendable {
    /// The lower factor; zeros above the diagonal.
    package let lower: Matrix<Scalar>

    /// Factors a matrix, of which only the lower triangle is read. n³/3 flops.
    ///
    /// - Throws: ``NumericsError``: not square, NaN, not positive definite.
    package init(_ matrix: Matrix<Scalar>) throws(NumericsError) {
        let routine = Scalar.prefix + "potrf"
        let size = try matrix.sizes(for: routine)
        guard matrix.rows == matrix.columns else {
            throw .shape(routine: routine, reason: "\(matrix.rows)×\(matrix.columns) is not square")
        }
        try matrix.checkFinite(for: routine)
        var lower = matrix
        if matrix.rows > 0 {
            BLASThreads.pin()
            let info = Scalar.potrf(size.rows, &lower.storage)
            if info < 0 { throw .illegalArgument(routine: routine, position: Int(-info)) }
            if info > 0 { throw .notPositiveDefinite(routine: routine, order: Int(info)) }
            for column in 1..<max(1, matrix.columns) {
                for row in 0..<column { lower[row, column] = 0 }
            }
        }
        self.lower = lower
    }

    /// Solves A X = B for the columns of B. 2n² flops a column.
    ///
    /// - Throws: ``NumericsError``: B has another number of rows, NaN.
    package func solve(_ right: Matrix<Scalar>) throws(NumericsError) -> Matrix<Scalar> {
        let routine = Scalar.prefix + "potrs"
        let size = try right.sizes(for: routine)
        guard right.rows == lower.rows else {
            throw .shape(routine: routine, reason: "order \(lower.rows) and \(right.rows) right-hand rows")
        }
        try right.checkFinite(for: routine)
        var solution = right
        guard right.rows > 0, right.columns > 0 else { return solution }
        BLASThreads.pin()
        let info = Scalar.potrs(size.rows, size.columns, lower.storage, &solution.storage)
        if info != 0 { throw .illegalArgument(routine: routine, position: Int(-info)) }
        return solution
    }
}
