/// Eigenvalues and eigenvectors of a symmetric matrix, largest value first.
package struct SymmetricEigen<Scalar: BLASScalar>: Sendable {
    /// The eigenvalues, in descending order.
    package let values: [Scalar]
    /// n×k: column j belongs to value j and has length 1. Its sign is arbitrary.
    package let vectors: Matrix<Scalar>
}

extension Matrix {
    /// The eigenvalues and vectors of a symmetric matrix, of which only the lower triangle is read: the `largest`
    /// greatest ones, or all. O(n³); n = 500 takes some 20 ms for all and half of it for ten.
    ///
    /// - Throws: ``NumericsError``: not square, more vectors asked than there are, NaN, no convergence.
    package func symmetricEigen(largest: Int? = nil) throws(NumericsError) -> SymmetricEigen<Scalar> {
        let all = largest == nil || largest == rows
        let routine = Scalar.prefix + (all ? "syevd" : "syevr")
        let size = try sizes(for: routine)
        guard rows == columns else {
            throw .shape(routine: routine, reason: "\(rows)×\(columns) is not square")
        }
        let wanted = largest ?? rows
        guard (0...rows).contains(wanted) else {
            throw .shape(routine: routine, reason: "\(wanted) eigenvectors of a matrix of order \(rows)")
        }
        try checkFinite(for: routine)
        guard wanted > 0 else { return SymmetricEigen(values: [], vectors: Matrix(rows: rows, columns: 0)) }
        BLASThreads.pin()
        let ascending =
            all
            ? try syevd(order: size.rows, routine: routine)
            : try syevr(order: size.rows, wanted: Int32(wanted), routine: routine)
        var vectors = Matrix(rows: rows, columns: 0)
        vectors.storage.reserveCapacity(rows * wanted)
        for index in (0..<wanted).reversed() {
            vectors.storage.append(contentsOf: ascending.vectors[index * rows..<(index + 1) * rows])
        }
        return SymmetricEigen(
            values: ascending.values.prefix(wanted).reversed(),
            vectors: try Matrix(rows: rows, columns: wanted, storage: vectors.storage))
    }

    private typealias Ascending = (values: [Scalar], vectors: [Scalar])

    private func syevd(order n: Int32, routine: String) throws(NumericsError) -> Ascending {
        var vectors = storage
        var values = [Scalar](repeating: 0, count: rows)
        var (workSize, iworkSize) = (Scalar(0), Int32(0))
        try check(Scalar.syevd(n, &vectors, &values, &workSize, -1, &iworkSize, -1), routine: routine)
        var work = [Scalar](repeating: 0, count: Int(workSize.rounded(.up)))
        var iwork = [Int32](repeating: 0, count: Int(iworkSize))
        let info = Scalar.syevd(n, &vectors, &values, &work, Int32(work.count), &iwork, iworkSize)
        try check(info, routine: routine)
        return (values, vectors)
    }

    private func syevr(order n: Int32, wanted: Int32, routine: String) throws(NumericsError) -> Ascending {
        var copy = storage
        var values = [Scalar](repeating: 0, count: rows)
        var vectors = [Scalar](repeating: 0, count: rows * Int(wanted))
        var support = [Int32](repeating: 0, count: 2 * Int(wanted))
        let first = n - wanted + 1
        var (workSize, iworkSize) = (Scalar(0), Int32(0))
        let query = Scalar.syevr(
            n, &copy, first, n, &values, &vectors, &support, &workSize, -1, &iworkSize, -1)
        try check(query, routine: routine)
        var work = [Scalar](repeating: 0, count: Int(workSize.rounded(.up)))
        var iwork = [Int32](repeating: 0, count: Int(iworkSize))
        let info = Scalar.syevr(
            n, &copy, first, n, &values, &vectors, &support, &work, Int32(work.count), &iwork, iworkSize)
        try check(info, routine: routine)
        return (values, vectors)
    }

    /// Info of an iterative LAPACK routine: negative = an illegal argument, positive = no convergence.
    func check(_ info: Int32, routine: String) throws(NumericsError) {
        if info < 0 { throw .illegalArgument(routine: routine, position: Int(-info)) }
        if info > 0 { throw .notConverged(routine: routine, info: Int(info)) }
    }
}
