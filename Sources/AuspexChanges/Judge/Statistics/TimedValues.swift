import Foundation

/// The present values of a series with missing ones, each with its distance from the one before.
struct TimedValues: Hashable, Sendable {
    /// The values, without the missing ones.
    let values: [Double]
    /// How many steps each lies after the one before; 1 for the first.
    let gaps: [Int]

    /// Leaves out NaN and infinities.
    init(_ series: [Double]) {
        var values: [Double] = []
        var gaps: [Int] = []
        var last = -1
        for (index, value) in series.enumerated() where value.isFinite {
            gaps.append(values.isEmpty ? 1 : index - last)
            values.append(value)
            last = index
        }
        self.init(values: values, gaps: gaps)
    }

    private init(values: [Double], gaps: [Int]) {
        self.values = values
        self.gaps = gaps
    }

    /// Other values at the same times.
    func replacing(_ others: some Collection<Double>) -> TimedValues {
        TimedValues(values: Array(others), gaps: gaps)
    }

    var count: Int { values.count }
    var isEmpty: Bool { values.isEmpty }
    /// Whether all values are one and the same.
    var isConstant: Bool { values.allSatisfy { $0 == values.first } }
    /// Whether all values are over 0.
    var isPositive: Bool { values.allSatisfy { $0 > 0 } }

    /// The values on a scale of ratios, as logarithms, or as they are.
    func scaled(_ asRatios: Bool) -> TimedValues { asRatios ? replacing(values.map { log($0) }) : self }
}
