import AuspexNumerics

/// The line through values at 0, 1, 2… that half of them cannot spoil (Siegel 1982): what the smoothing starts from.
enum RepeatedMedian {
    /// The value of the line at the last place, its slope, and the robust standard deviation of the residuals; nil without
    /// two values. n² flops and 8·n bytes.
    static func line(_ values: [Double]) -> (end: Double, slope: Double, deviation: Double)? {
        let slopes = values.indices.compactMap { place in
            OrderStatistics.median(
                values.indices.filter { $0 != place }.map { (values[$0] - values[place]) / Double($0 - place) })
        }
        guard let slope = OrderStatistics.median(slopes) else { return nil }
        let levels = values.indices.map { values[$0] - slope * Double($0) }
        guard let start = OrderStatistics.median(levels),
            let distance = OrderStatistics.medianAbsoluteDeviation(levels, around: start)
        else { return nil }
        return (
            start + slope * Double(values.count - 1), slope, OrderStatistics.gaussianConsistency * distance
        )
    }
}
