import AuspexNumerics

/// The windows of a few columns, put end to end and standardised feature by feature.
struct StandardisedWindows: Sendable {
    let window: Int
    /// Mean and standard deviation of each feature: place t of column c is feature c·w + t.
    let means: [Double]
    let deviations: [Double]
    /// Whether no feature varies.
    let isConstant: Bool

    /// Learns means and deviations from columns of equal length, more than `window`.
    init(_ columns: [[Double]], window: Int) {
        self.window = window
        let count = columns[0].count - window + 1
        var means: [Double] = []
        var deviations: [Double] = []
        var isConstant = true
        for column in columns {
            for place in 0..<window {
                let moments = Moments(column[place..<place + count])
                let rounding = Double(count) * Double.ulpOfOne
                // Variance that is no more than rounding error is none (the bound of scikit-learn's scaler).
                let noise =
                    rounding * moments.populationVariance + (rounding * moments.mean) * (rounding * moments.mean)
                let varies = moments.populationVariance > noise
                means.append(moments.mean)
                deviations.append(varies ? moments.populationVariance.squareRoot() : 1)
                if varies { isConstant = false }
            }
        }
        self.means = means
        self.deviations = deviations
        self.isConstant = isConstant
    }

    /// How many features a window has.
    var features: Int { means.count }

    /// The windows that begin in `rows`, one a row of the matrix.
    func matrix(_ columns: [[Double]], rows: Range<Int>) throws(NumericsError) -> Matrix<Double> {
        var storage: [Double] = []
        storage.reserveCapacity(rows.count * features)
        for (number, column) in columns.enumerated() {
            for place in 0..<window {
                let feature = number * window + place
                let (mean, deviation) = (means[feature], deviations[feature])
                for row in rows { storage.append((column[row + place] - mean) / deviation) }
            }
        }
        return try Matrix(rows: rows.count, columns: features, storage: storage)
    }
}
