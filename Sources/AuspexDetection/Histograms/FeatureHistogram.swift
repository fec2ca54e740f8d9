import AuspexNumerics

/// Bins of equal width over the range of some values.
struct FeatureHistogram: Sendable, Hashable {
    /// Where a value falls.
    enum Place: Sendable, Hashable {
        /// In the bin of that number, or within the tolerance beside it.
        case bin(Int)
        /// Farther out.
        case outside
    }

    /// How many values each bin has; a single bin when all values are equal.
    let counts: [Int]
    /// The values' standard deviation as a share of their range; 0 when all are equal.
    let relativeDeviation: Double

    /// Largest less smallest value.
    let range: Double

    private let lowest: Double

    /// - Parameters:
    ///   - values: at least one, finite, of magnitudes whose difference is finite.
    ///   - bins: at least 1.
    init(_ values: some Collection<Double>, bins: Int) {
        let (low, high) = values.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1), max($0.1, $1)) }
        lowest = low
        range = high - low
        guard range > 0 else {
            counts = [values.count]
            relativeDeviation = 0
            return
        }
        var counts = [Int](repeating: 0, count: bins)
        var moments = Moments()
        for value in values {
            let position = (value - low) / range
            counts[min(Int(position * Double(bins)), bins - 1)] += 1
            moments.add(position)
        }
        self.counts = counts
        relativeDeviation = moments.populationVariance.squareRoot()
    }

    /// Where `value` falls; `tolerance`, in bin widths, is how far outside the range a value still counts to the edge.
    func place(_ value: Double, tolerance: Double) -> Place {
        guard range > 0 else { return value == lowest ? .bin(0) : .outside }
        let position = (value - lowest) / range * Double(counts.count)
        guard position >= -tolerance, position <= Double(counts.count) + tolerance else { return .outside }
        return .bin(min(max(Int(position), 0), counts.count - 1))
    }
}
