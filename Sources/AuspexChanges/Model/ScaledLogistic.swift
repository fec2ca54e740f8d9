import AuspexNumerics

/// A logistic regression on columns brought to mean 0 and deviation 1.
struct ScaledLogistic: Hashable, Sendable, Codable {
    /// What is taken off each column.
    var means: [Double]
    /// What each column is then divided by; 1 for a column that never varied.
    var scales: [Double]
    var regression: LogisticRegression

    /// Fits the model to some columns of a matrix.
    init(
        _ matrix: Matrix<Double>, columns: Range<Int>, outcomes: [Bool], penalty: Double
    ) throws(NumericsError) {
        var scaled = Matrix<Double>(rows: matrix.rows, columns: columns.count)
        means = []
        scales = []
        for (place, column) in columns.enumerated() {
            let values = matrix.column(column)
            let moments = Moments(values)
            let deviation = moments.populationVariance.squareRoot()
            means.append(moments.mean)
            scales.append(deviation > Self.smallestDeviation ? deviation : 1)
            for (row, value) in values.enumerated() { scaled[row, place] = (value - means[place]) / scales[place] }
        }
        regression = try LogisticRegression(fitting: scaled, outcomes: outcomes, options: .init(penalty: penalty))
    }

    /// Less is rounding.
    private static let smallestDeviation = 1e-9

    /// The log-odds of a row of these columns.
    func logit(_ row: ArraySlice<Double>) -> Double {
        regression.logit(zip(row, zip(means, scales)).lazy.map { ($0 - $1.0) / $1.1 })
    }

    /// Why it cannot be a model of `width` columns; nil when it can.
    func fault(width: Int) -> String? {
        guard [means.count, scales.count, regression.coefficients.count].allSatisfy({ $0 == width }) else {
            return "\(width) means, scales and coefficients are expected"
        }
        let numbers = means + scales + regression.coefficients + [regression.intercept]
        guard numbers.allSatisfy({ abs($0) <= RiskModel.largestNumber }),
            scales.allSatisfy({ $0 >= Self.smallestDeviation })
        else { return "a number is too large, or a scale too small" }
        return nil
    }
}
