/// Count, mean and variance of values that come one after another (Welford 1962), stable where the sum of squares is not.
package struct Moments: Sendable, Hashable {
    /// How many values there were.
    package private(set) var count = 0
    /// Their mean; 0 when there was none.
    package private(set) var mean = 0.0
    private var sumOfSquares = 0.0

    /// Nothing seen.
    package init() {}

    /// Takes all values in; NaN is left out.
    package init(_ values: ArraySlice<Double>) {
        for value in values where !value.isNaN { add(value) }
    }

    /// Takes all values in; NaN is left out.
    package init(_ values: [Double]) { self.init(values[...]) }

    /// Takes one value in.
    package mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / Double(count)
        sumOfSquares += distance * (value - mean)
    }

    /// The mean squared distance from the mean, by n; 0 when there was no value.
    package var populationVariance: Double { count == 0 ? 0 : max(0, sumOfSquares / Double(count)) }

    /// The same by n − 1; 0 for fewer than two values.
    package var sampleVariance: Double { count < 2 ? 0 : max(0, sumOfSquares / Double(count - 1)) }
}
