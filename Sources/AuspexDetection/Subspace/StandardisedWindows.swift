import AuspexNumerics

/// The windows of a few columns, put end to end and standardised feature by feature.
struct StandardisedWindows: Sendable {
    let window: Int
    /// Mean and standard deviation of each feature: place t of column c is feature c·w + t.
    let means: [Double]
    let deviations: [Double]
    /// Whether no feature varies.
    let isConstant: Bool

    /// What a robust deviation must be more than, in rounding errors of the centre: less is none.
    private static let roundingErrors = 64.0

    /// Learns medians and robust deviations in place of means and deviations, so that no wild value has a say in the scale.
    /// A feature of which more than half of the values are alike has its ordinary deviation.
    init(robustly columns: [[Double]], window: Int) {
        let ordinary = StandardisedWindows(columns, window: window)
        let count = columns[0].count - window + 1
        var (means, deviations): ([Double], [Double]) = ([], [])
        for (number, column) in columns.enumerated() {
            for place in 0..<window {
                let values = Array(column[place..<place + count])
                let centre = OrderStatistics.median(values) ?? 0
                let deviation =
                    OrderStatistics.gaussianConsistency
                    * (OrderStatistics.medianAbsoluteDeviation(values, around: centre) ?? 0)
                let isRobust = deviation > Self.roundingErrors * Double.ulpOfOne * abs(centre)
                means.append(isRobust ? centre : ordinary.means[number * window + place])
                deviations.append(isRobust ? deviation : ordinary.deviations[number * window + place])
            }
        }
        (self.window, self.means, self.deviations, isConstant) = (window, means, deviations, ordinary.isConstant)
    }

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
