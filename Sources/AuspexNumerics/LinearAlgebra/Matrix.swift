/// A dense matrix of Float or Double, column-major: element (i, j) is at `j * rows + i`.
package struct Matrix<Scalar: BLASScalar>: Sendable, Hashable {
    /// How many rows, 0 or more.
    package let rows: Int
    /// How many columns, 0 or more.
    package let columns: Int
    /// The elements, column after column.
    package var storage: [Scalar]

    /// A matrix of zeros. Neither number may be negative.
    package init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot have a negative number of rows or columns")
        self.rows = rows
        self.columns = columns
        storage = [Scalar](repeating: 0, count: rows * columns)
    }

    /// A matrix of given elements, column after column.
    ///
    /// - Throws: ``NumericsError/shape(routine:reason:)`` unless there are rows × columns of them.
    package init(rows: Int, columns: Int, storage: [Scalar]) throws(NumericsError) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, storage.count == count else {
            throw .shape(routine: "matrix", reason: "\(storage.count) elements do not make \(rows)×\(columns)")
        }
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }

    /// The identity of order n.
    package static func identity(_ n: Int) -> Matrix {
        var result = Matrix(rows: n, columns: n)
        for index in 0..<n { result[index, index] = 1 }
        return result
    }

    /// The element in `row` and `column`, both from 0.
    package subscript(row: Int, column: Int) -> Scalar {
        get {
            precondition((0..<rows).contains(row) && (0..<columns).contains(column), "no such element")
            return storage[column * rows + row]
        }
        set {
            precondition((0..<rows).contains(row) && (0..<columns).contains(column), "no such element")
            storage[column * rows + row] = newValue
        }
    }

    /// The elements of one column.
    package func column(_ index: Int) -> ArraySlice<Scalar> {
        storage[index * rows..<(index + 1) * rows]
    }

    /// Rows become columns.
    package var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for column in 0..<columns {
            for row in 0..<rows { result.storage[row * columns + column] = storage[column * rows + row] }
        }
        return result
    }

    /// Whether no element is NaN or infinite.
    package var isFinite: Bool { storage.allSatisfy(\.isFinite) }

    /// Rows and columns as BLAS takes them.
    func sizes(for routine: String) throws(NumericsError) -> (rows: Int32, columns: Int32) {
        guard let rows = Int32(exactly: rows), let columns = Int32(exactly: columns) else {
            throw .shape(routine: routine, reason: "\(self.rows)×\(self.columns) is beyond BLAS's 32-bit sizes")
        }
        return (rows, columns)
    }

    func checkFinite(for routine: String) throws(NumericsError) {
        guard isFinite else { throw .notFinite(routine: routine) }
    }
}
