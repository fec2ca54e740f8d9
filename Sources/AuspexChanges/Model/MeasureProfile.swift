import Foundation

/// How one measure was distributed: up to ten bins of about equally many changes.
struct MeasureProfile: Hashable, Sendable, Codable {
    /// The values between the bins, strictly ascending; a value equal to one is in the bin below it.
    let borders: [Double]
    /// The share of the changes in each bin.
    let shares: [Double]

    private static let bins = 10

    /// Measures the values, of which there is at least one.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        var borders: [Double] = []
        for bin in 1..<Self.bins {
            let border = sorted[min(sorted.count - 1, bin * sorted.count / Self.bins)]
            // A border at the largest value would leave the bin above it empty.
            if border > borders.last ?? -.infinity, border < sorted[sorted.count - 1] { borders.append(border) }
        }
        self.borders = borders
        shares = Self.shares(of: values, between: borders)
    }

    /// The population stability index of other values: Σ (q − p) · log(q/p) over the bins. 0 is no change; over 0.25 is
    /// by custom a marked one. Nil without values.
    func stabilityIndex(of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let now = Self.shares(of: values, between: borders)
        return zip(shares, now).reduce(0.0) { sum, pair in
            // An empty bin counts as half a change, so that the logarithm stays finite.
            let then = max(pair.0, Self.leastShare)
            let now = max(pair.1, 0.5 / Double(values.count))
            return sum + (now - then) * log(now / then)
        }
    }

    private static let leastShare = 1e-4

    private static func shares(of values: [Double], between borders: [Double]) -> [Double] {
        var counts = [Int](repeating: 0, count: borders.count + 1)
        for value in values { counts[borders.firstIndex { value <= $0 } ?? borders.count] += 1 }
        return counts.map { Double($0) / Double(max(1, values.count)) }
    }

    /// Why it cannot be a profile; nil when it can.
    var fault: String? {
        let isAscending = zip(borders, borders.dropFirst()).allSatisfy { $0 < $1 }
        let isShare = shares.allSatisfy { (0...1).contains($0) }
        return isAscending && isShare && shares.count == borders.count + 1 && borders.allSatisfy(\.isFinite)
            ? nil : "a measure's profile is impossible"
    }
}
