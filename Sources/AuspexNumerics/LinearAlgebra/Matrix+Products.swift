extension Matrix {
    /// op(self) · op(other), where op transposes when told. O(m·n·k).
    ///
    /// - Throws: ``NumericsError/shape(routine:reason:)`` when the inner lengths differ.
    package func multiplied(
        by other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false
    ) throws(NumericsError) -> Matrix {
        let routine = Scalar.prefix + "gemm"
        let (m, k) = transposingSelf ? (columns, rows) : (rows, columns)
        let (inner, n) = transposingOther ? (other.columns, other.rows) : (other.rows, other.columns)
        guard k == inner else {
            throw .shape(routine: routine, reason: "\(m)×\(k) cannot be multiplied by \(inner)×\(n)")
        }
        _ = try sizes(for: routine)
        _ = try other.sizes(for: routine)
        var result = Matrix(rows: m, columns: n)
        guard m > 0, n > 0, k > 0 else { return result }
        BLASThreads.pin()
        Scalar.gemm(
            transposingSelf, transposingOther, Int32(m), Int32(n), Int32(k), 1, storage, Int32(rows), other.storage,
            Int32(other.rows), 0, &result.storage, Int32(m))
        return result
    }

    /// selfᵀ · self, both triangles filled in; half the work of the general product.
    package func gram() throws(NumericsError) -> Matrix {
        let size = try sizes(for: Scalar.prefix + "syrk")
        var result = Matrix(rows: columns, columns: columns)
        guard rows > 0, columns > 0 else { return result }
        BLASThreads.pin()
        Scalar.syrk(true, size.columns, size.rows, 1, storage, size.rows, 0, &result.storage, size.columns)
        result.mirrorLowerTriangle()
        return result
    }

    /// Adds selfᵀ · self to the lower triangle of `sum`, whose order is the number of columns.
    package func addGram(toLowerTriangleOf sum: inout Matrix) throws(NumericsError) {
        let routine = Scalar.prefix + "syrk"
        let size = try sizes(for: routine)
        guard sum.rows == columns, sum.columns == columns else {
            throw .shape(
                routine: routine, reason: "a \(sum.rows)×\(sum.columns) sum cannot take a product of order \(columns)")
        }
        guard rows > 0, columns > 0 else { return }
        BLASThreads.pin()
        Scalar.syrk(true, size.columns, size.rows, 1, storage, size.rows, 1, &sum.storage, size.columns)
    }

    /// Copies the lower triangle of a square matrix onto its upper one.
    package mutating func mirrorLowerTriangle() {
        for column in 0..<min(rows, columns) {
            for row in (column + 1)..<max(rows, column + 1) { self[column, row] = self[row, column] }
        }
    }

    /// op(self) · vector.
    ///
    /// - Throws: ``NumericsError/shape(routine:reason:)`` when the lengths differ.
    package func multiplied(by vector: [Scalar], transposingSelf: Bool = false) throws(NumericsError) -> [Scalar] {
        let routine = Scalar.prefix + "gemv"
        let size = try sizes(for: routine)
        let (m, k) = transposingSelf ? (columns, rows) : (rows, columns)
        guard vector.count == k else {
            throw .shape(routine: routine, reason: "\(m)×\(k) cannot be multiplied by \(vector.count) values")
        }
        var result = [Scalar](repeating: 0, count: m)
        guard m > 0, k > 0 else { return result }
        BLASThreads.pin()
        Scalar.gemv(transposingSelf, size.rows, size.columns, 1, storage, size.rows, vector, 0, &result)
        return result
    }
}
