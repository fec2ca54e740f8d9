import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct ProductTests {
    static let shapes = [
        (0, 0, 0), (0, 3, 2), (3, 0, 2), (3, 2, 0), (1, 1, 1), (1, 5, 1), (5, 1, 7), (17, 33, 9), (64, 65, 66),
    ]

    private func check<Scalar: BLASScalar>(_: Scalar.Type, _ m: Int, _ k: Int, _ n: Int) throws {
        var random = SplitMix64(seed: UInt64(m * 10_000 + k * 100 + n))
        let a: Matrix<Scalar> = randomMatrix(m, k, &random)
        let b: Matrix<Scalar> = randomMatrix(k, n, &random)
        let expected = naiveProduct(a, b)
        let limit = tolerance(Scalar.self)
        #expect(largestDifference(try a.multiplied(by: b), expected) < limit)
        #expect(largestDifference(try a.transposed.multiplied(by: b, transposingSelf: true), expected) < limit)
        #expect(largestDifference(try a.multiplied(by: b.transposed, transposingOther: true), expected) < limit)
        let both = try a.transposed.multiplied(by: b.transposed, transposingSelf: true, transposingOther: true)
        #expect(largestDifference(both, expected) < limit)

        let gram = naiveProduct(a.transposed, a)
        #expect(largestDifference(try a.gram(), gram) < limit)
        var sum = try a.gram()
        try a.addGram(toLowerTriangleOf: &sum)
        sum.mirrorLowerTriangle()
        #expect(largestDifference(sum, try Matrix(rows: k, columns: k, storage: gram.storage.map { 2 * $0 })) < limit)

        let vector: Matrix<Scalar> = randomMatrix(k, 1, &random)
        let product = try a.multiplied(by: vector.storage)
        #expect(largestDifference(try Matrix(rows: m, columns: 1, storage: product), naiveProduct(a, vector)) < limit)
        #expect(try a.transposed.multiplied(by: vector.storage, transposingSelf: true).count == m)
    }

    @Test("products agree with their definition in double and in single precision", arguments: shapes)
    func products(m: Int, k: Int, n: Int) throws {
        try check(Double.self, m, k, n)
        try check(Float.self, m, k, n)
    }

    @Test("shapes that do not fit are refused by name")
    func misfits() throws {
        let a = Matrix<Double>(rows: 2, columns: 3)
        #expect(throws: NumericsError.shape(routine: "dgemm", reason: "2×3 cannot be multiplied by 2×3")) {
            try a.multiplied(by: a)
        }
        #expect(throws: NumericsError.shape(routine: "dgemv", reason: "2×3 cannot be multiplied by 2 values")) {
            try a.multiplied(by: [1, 2])
        }
        #expect(throws: NumericsError.self) { try Matrix<Float>(rows: 2, columns: 2, storage: [1, 2, 3]) }
        #expect(throws: NumericsError.self) { try Matrix<Float>(rows: -1, columns: -1, storage: [1]) }
        #expect(throws: NumericsError.self) { try Matrix<Float>(rows: .max, columns: 2, storage: []) }
        var small = Matrix<Double>(rows: 2, columns: 2)
        #expect(throws: NumericsError.self) { try a.addGram(toLowerTriangleOf: &small) }
    }

    @Test("NaN goes through a product, as it must")
    func notANumber() throws {
        var a = Matrix<Double>.identity(3)
        a[1, 1] = .nan
        let product = try a.multiplied(by: Matrix.identity(3))
        #expect(product[1, 1].isNaN)
        #expect(product[0, 0] == 1)
    }

    @Test("BLAS keeps to one thread")
    func threads() {
        #expect(BLASThreads.count == 1)
    }
}
