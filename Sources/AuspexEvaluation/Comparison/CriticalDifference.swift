/// Which detectors differ for certain, and which do not: Nemenyi's test after Friedman's at the level 0.05 (Nemenyi 1963;
/// Demšar 2006, section 3.2.2).
struct CriticalDifference: Hashable, Sendable {
    /// The detectors' names, best mean rank first.
    let names: [String]
    /// Their mean ranks, in that order.
    let meanRanks: [Double]
    /// Mean ranks that differ by less do not differ for certain.
    let difference: Double
    /// The test that must find a difference before one may look for it.
    let friedman: FriedmanTest
    /// The largest groups of neighbouring detectors, by their place, within which none differ for certain; each of two at
    /// least.
    let groups: [ClosedRange<Int>]

    /// With fewer files the tests say nothing.
    static let fewestFiles = 5

    /// Quantiles 0.95 of the studentised range for 2, 3… detectors and infinite degrees of freedom, over √2, as in table 5 of
    /// Demšar 2006, which ends at 10. These are SciPy's `studentized_range.ppf(0.95, k, inf)`.
    private static let quantiles = [
        1.959964, 2.343701, 2.569032, 2.727774, 2.849705, 2.948320, 3.030878, 3.101730, 3.163684, 3.218654, 3.268004,
        3.312739, 3.353618, 3.391230, 3.426041, 3.458425, 3.488685, 3.517073, 3.543799, 3.569040, 3.592946, 3.615646,
        3.637252, 3.657861, 3.677556, 3.696413, 3.714498, 3.731869, 3.748578, 3.764672, 3.780193, 3.795179, 3.809664,
        3.823680, 3.837254, 3.850413, 3.863181, 3.875579, 3.887627,
    ]

    /// Why there is nothing to compare.
    enum Obstacle: Error, Hashable, CustomStringConvertible {
        case fewDetectors
        case manyDetectors(Int)
        case fewFiles(Int)

        var description: String {
            switch self {
            case .fewDetectors: "it takes two detectors"
            case .manyDetectors(let count):
                "\(count) detectors are more than the \(CriticalDifference.quantiles.count + 1) that it is tabled for"
            case .fewFiles(let count):
                "only \(count) files were measured with every detector, and it takes \(CriticalDifference.fewestFiles)"
            }
        }
    }

    /// - Parameters:
    ///   - names: of the detectors.
    ///   - values: per file, one value for each detector, larger = better.
    init(names: [String], values: [[Double]]) throws(Obstacle) {
        guard names.count > 1 else { throw .fewDetectors }
        guard names.count < Self.quantiles.count + 2 else { throw .manyDetectors(names.count) }
        guard values.count >= Self.fewestFiles, let friedman = FriedmanTest(values) else {
            throw .fewFiles(values.count)
        }
        let (k, n) = (Double(names.count), Double(values.count))
        let difference = Self.quantiles[names.count - 2] * (k * (k + 1) / (6 * n)).squareRoot()
        let order = names.indices.sorted { (friedman.meanRanks[$0], $0) < (friedman.meanRanks[$1], $1) }
        let ranks = order.map { friedman.meanRanks[$0] }
        self.names = order.map { names[$0] }
        meanRanks = ranks
        self.difference = difference
        self.friedman = friedman
        groups = friedman.pValue < FriedmanTest.level ? Self.groups(ranks, within: difference) : [0...names.count - 1]
    }

    /// Whether Friedman's test finds a difference at all.
    var isSignificant: Bool { friedman.pValue < FriedmanTest.level }

    private static func groups(_ ranks: [Double], within difference: Double) -> [ClosedRange<Int>] {
        var groups: [ClosedRange<Int>] = []
        for first in ranks.indices {
            let last = ranks.lastIndex { $0 - ranks[first] < difference } ?? first
            // One that lies in the one before says nothing new.
            if last > first, groups.last.map({ last > $0.upperBound }) ?? true { groups.append(first...last) }
        }
        return groups
    }
}
