import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct DecompositionTests {
    private func symmetric<Scalar: BLASScalar>(_ n: Int, _: Scalar.Type) -> Matrix<Scalar> {
        var random = SplitMix64(seed: UInt64(n))
        var a: Matrix<Scalar> = randomMatrix(n, n, &random)
        a.mirrorLowerTriangle()
        return a
    }

    private func checkEigen<Scalar: BLASScalar>(_ n: Int, _: Scalar.Type) throws {
        let a = symmetric(n, Scalar.self)
        let limit = tolerance(Scalar.self)
        let all = try a.symmetricEigen()
        #expect(all.values == all.values.sorted(by: >))
        #expect(
            largestDifference(naiveProduct(a, all.vectors), naiveProduct(all.vectors, diagonal(all.values))) < limit)
        #expect(largestDifference(naiveProduct(all.vectors.transposed, all.vectors), .identity(n)) < limit)
        let wanted = min(n, 3)
        let top = try a.symmetricEigen(largest: wanted)
        #expect(top.vectors.columns == wanted)
        for index in 0..<wanted { #expect(abs(Double(top.values[index] - all.values[index])) < limit) }
        #expect(
            largestDifference(naiveProduct(a, top.vectors), naiveProduct(top.vectors, diagonal(top.values))) < limit)
    }

    @Test("eigenvectors are orthonormal, and A v = λ v", arguments: [0, 1, 2, 5, 30, 80])
    func eigen(n: Int) throws {
        try checkEigen(n, Double.self)
        try checkEigen(n, Float.self)
    }

    private func checkSingular<Scalar: BLASScalar>(_ m: Int, _ n: Int, _: Scalar.Type) throws {
        var random = SplitMix64(seed: UInt64(100 * m + n))
        let a: Matrix<Scalar> = randomMatrix(m, n, &random)
        let result = try a.singularValues()
        let limit = tolerance(Scalar.self)
        #expect(result.values == result.values.sorted(by: >))
        #expect(result.values.allSatisfy { $0 >= 0 })
        let rebuilt = naiveProduct(naiveProduct(result.u, diagonal(result.values)), result.vt)
        #expect(largestDifference(rebuilt, a) < limit)
        #expect(largestDifference(naiveProduct(result.u.transposed, result.u), .identity(min(m, n))) < limit)
        #expect(largestDifference(naiveProduct(result.vt, result.vt.transposed), .identity(min(m, n))) < limit)
    }

    @Test(
        "singular values rebuild the matrix",
        arguments: [(0, 0), (0, 3), (3, 0), (1, 1), (1, 7), (7, 1), (30, 12), (12, 30)])
    func singular(m: Int, n: Int) throws {
        try checkSingular(m, n, Double.self)
        try checkSingular(m, n, Float.self)
    }

    @Test("a matrix of rank 2 has two singular values")
    func rankDeficient() throws {
        var random = SplitMix64(seed: 3)
        let left: Matrix<Double> = randomMatrix(20, 2, &random)
        let right: Matrix<Double> = randomMatrix(2, 15, &random)
        let values = try naiveProduct(left, right).singularValues().values
        #expect(values[1] > 1)
        #expect(values[2...].allSatisfy { $0 < 1e-12 })
    }

    private func checkCholesky<Scalar: BLASScalar>(_ n: Int, _: Scalar.Type) throws {
        var random = SplitMix64(seed: UInt64(n + 7))
        let root: Matrix<Scalar> = randomMatrix(2 * n + 1, n, &random)
        let a = try root.gram()
        let factor = try Cholesky(a)
        let limit = 100 * tolerance(Scalar.self)
        #expect(largestDifference(naiveProduct(factor.lower, factor.lower.transposed), a) < limit)
        let x: Matrix<Scalar> = randomMatrix(n, 3, &random)
        #expect(largestDifference(try factor.solve(naiveProduct(a, x)), x) < limit)
    }

    @Test("a Cholesky factor rebuilds the matrix and solves with it", arguments: [0, 1, 2, 10, 40])
    func cholesky(n: Int) throws {
        try checkCholesky(n, Double.self)
        try checkCholesky(n, Float.self)
    }

    @Test("a matrix that is not positive definite is refused at the first bad minor")
    func notPositiveDefinite() {
        var a = Matrix<Double>.identity(4)
        a[2, 2] = -1
        #expect(throws: NumericsError.notPositiveDefinite(routine: "dpotrf", order: 3)) { try Cholesky(a) }
    }

    @Test(
        "a solution minimises the squares: the residual is orthogonal to every column",
        arguments: [(1, 1), (5, 5), (40, 6)])
    func leastSquares(m: Int, n: Int) throws {
        var random = SplitMix64(seed: UInt64(m))
        let a: Matrix<Double> = randomMatrix(m, n, &random)
        let b: Matrix<Double> = randomMatrix(m, 2, &random)
        let x = try a.leastSquares(b)
        var residual = naiveProduct(a, x)
        for index in residual.storage.indices { residual.storage[index] -= b.storage[index] }
        #expect(largestDifference(naiveProduct(a.transposed, residual), Matrix(rows: n, columns: 2)) < 1e-11)
        let single = try Matrix<Float>(rows: m, columns: n, storage: a.storage.map(Float.init))
            .leastSquares(Matrix(rows: m, columns: 2, storage: b.storage.map(Float.init)))
        #expect(zip(single.storage, x.storage).allSatisfy { abs(Double($0) - $1) < 1e-2 * max(1, abs($1)) })
    }

    @Test("a column that depends on others is named, whether exactly or to rounding")
    func dependentColumn() throws {
        var random = SplitMix64(seed: 5)
        var a: Matrix<Double> = randomMatrix(10, 3, &random)
        for row in 0..<10 { a[row, 2] = a[row, 0] / 3 + a[row, 1] / 7 }
        let b: Matrix<Double> = randomMatrix(10, 1, &random)
        #expect(throws: NumericsError.rankDeficient(routine: "dgels", column: 3)) { try a.leastSquares(b) }
        for row in 0..<10 { a[row, 2] = 0 }
        #expect(throws: NumericsError.rankDeficient(routine: "dgels", column: 3)) { try a.leastSquares(b) }
        #expect(try Matrix<Double>(rows: 3, columns: 0).leastSquares(Matrix(rows: 3, columns: 2)).rows == 0)
    }

    @Test(
        "what is not square, too wide or not finite is refused before LAPACK sees it",
        arguments: [Double.nan, .infinity])
    func refusals(bad: Double) throws {
        let wide = Matrix<Double>(rows: 2, columns: 3)
        #expect(throws: NumericsError.self) { try wide.symmetricEigen() }
        #expect(throws: NumericsError.self) { try Cholesky(wide) }
        #expect(throws: NumericsError.self) { try wide.leastSquares(Matrix(rows: 2, columns: 1)) }
        #expect(throws: NumericsError.self) { try Matrix<Double>.identity(3).symmetricEigen(largest: 4) }
        #expect(throws: NumericsError.self) { try Matrix<Double>.identity(3).symmetricEigen(largest: -1) }
        #expect(throws: NumericsError.self) { try Cholesky(Matrix<Double>.identity(3)).solve(wide) }
        #expect(throws: NumericsError.self) { try Matrix<Double>.identity(3).leastSquares(wide) }
        var a = Matrix<Double>.identity(3)
        a[1, 0] = bad
        #expect(throws: NumericsError.notFinite(routine: "dsyevd")) { try a.symmetricEigen() }
        #expect(throws: NumericsError.notFinite(routine: "dsyevr")) { try a.symmetricEigen(largest: 1) }
        #expect(throws: NumericsError.notFinite(routine: "dgesdd")) { try a.singularValues() }
        #expect(throws: NumericsError.notFinite(routine: "dpotrf")) { try Cholesky(a) }
        #expect(throws: NumericsError.notFinite(routine: "dgels")) { try a.leastSquares(.identity(3)) }
        #expect(throws: NumericsError.notFinite(routine: "dpotrs")) { try Cholesky(.identity(3)).solve(a) }
    }

    @Test(
        "every error says what to do",
        arguments: [
            NumericsError.notFinite(routine: "r"), .rankDeficient(routine: "r", column: 2),
            .notPositiveDefinite(routine: "r", order: 1), .shape(routine: "r", reason: "why"),
            .notConverged(routine: "r", info: 3), .illegalArgument(routine: "r", position: 4),
        ])
    func descriptions(error: NumericsError) {
        #expect(error.description.hasPrefix("r: "))
    }
}
