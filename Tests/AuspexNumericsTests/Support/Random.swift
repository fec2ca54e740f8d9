import AuspexNumerics
import AuspexTesting

/// A matrix of Gaussian elements.
func randomMatrix<Scalar: BLASScalar>(_ rows: Int, _ columns: Int, _ random: inout SplitMix64) -> Matrix<Scalar> {
    var matrix = Matrix<Scalar>(rows: rows, columns: columns)
    for index in matrix.storage.indices { matrix.storage[index] = Scalar(random.gaussian()) }
    return matrix
}

/// The product by its definition, accumulated in double precision.
func naiveProduct<Scalar: BLASScalar>(_ left: Matrix<Scalar>, _ right: Matrix<Scalar>) -> Matrix<Scalar> {
    var result = Matrix<Scalar>(rows: left.rows, columns: right.columns)
    for row in 0..<left.rows {
        for column in 0..<right.columns {
            var sum = 0.0
            for inner in 0..<left.columns { sum += Double(left[row, inner]) * Double(right[inner, column]) }
            result[row, column] = Scalar(sum)
        }
    }
    return result
}

/// The largest absolute difference; infinite when shapes differ.
func largestDifference<Scalar: BLASScalar>(_ left: Matrix<Scalar>, _ right: Matrix<Scalar>) -> Double {
    guard left.rows == right.rows, left.columns == right.columns else { return .infinity }
    return zip(left.storage, right.storage).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
}

/// A diagonal matrix.
func diagonal<Scalar: BLASScalar>(_ values: [Scalar]) -> Matrix<Scalar> {
    var result = Matrix<Scalar>(rows: values.count, columns: values.count)
    for index in values.indices { result[index, index] = values[index] }
    return result
}

/// How far results in this precision may be off at the sizes tested here.
func tolerance<Scalar: BLASScalar>(_: Scalar.Type) -> Double {
    2_000 * Double(Scalar.ulpOfOne)
}
