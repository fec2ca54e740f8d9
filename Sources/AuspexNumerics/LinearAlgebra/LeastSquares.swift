extension Matrix {
    /// The X that makes every column of A X − B smallest, by QR; A (this matrix) is m×n with m ≥ n and full column rank,
    /// B is m×c, X is n×c. 2n²(m − n/3) flops.
    ///
    /// - Throws: ``NumericsError``: shapes, NaN, or a column that depends on the columns before it: the diagonal of R
    ///   falls under max(m, n)·ε of its largest element.
    package func leastSquares(_ right: Matrix) throws(NumericsError) -> Matrix {
        let routine = Scalar.prefix + "gels"
        let size = try sizes(for: routine)
        let rightSize = try right.sizes(for: routine)
        guard rows >= columns else {
            throw .shape(routine: routine, reason: "\(rows) rows do not determine \(columns) columns")
        }
        guard right.rows == rows else {
            throw .shape(routine: routine, reason: "\(rows) rows on the left and \(right.rows) on the right")
        }
        try checkFinite(for: routine)
        try right.checkFinite(for: routine)
        var solution = Matrix(rows: columns, columns: right.columns)
        guard columns > 0, right.columns > 0 else { return solution }
        BLASThreads.pin()
        var factors = self
        var result = right
        var workSize = Scalar(0)
        let query = Scalar.gels(
            size.rows, size.columns, rightSize.columns, &factors.storage, &result.storage, &workSize, -1)
        try check(query, routine: routine)
        var work = [Scalar](repeating: 0, count: Int(workSize.rounded(.up)))
        let info = Scalar.gels(
            size.rows, size.columns, rightSize.columns, &factors.storage, &result.storage, &work, Int32(work.count))
        if info < 0 { throw .illegalArgument(routine: routine, position: Int(-info)) }
        if info > 0 { throw .rankDeficient(routine: routine, column: Int(info)) }
        let diagonal = (0..<columns).map { abs(factors[$0, $0]) }
        let smallest = Scalar(rows) * Scalar.ulpOfOne * (diagonal.max() ?? 0)
        if let column = diagonal.firstIndex(where: { $0 <= smallest }) {
            throw .rankDeficient(routine: routine, column: column + 1)
        }
        for column in 0..<right.columns {
            for row in 0..<columns { solution[row, column] = result[row, column] }
        }
        return solution
    }
}
