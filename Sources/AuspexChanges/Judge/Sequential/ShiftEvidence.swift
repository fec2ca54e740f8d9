import AuspexNumerics
import Foundation

/// Evidence that the level of a series is higher since a moment, valid at any time of looking after it.
///
/// The values before the moment tell the level, how far values spread and how alike neighbours are; those after it
/// whether the level has moved. Were nothing different, the series is taken for an autoregression of order one around
/// any level with any deviation. The evidence is the likelihood of a level that is higher since the moment (in
/// deviations half Gaussian with deviation ``expected``) over that of none, both averaged over the level as a location,
/// the deviation as a scale (Grünwald, de Heide and Koolen 2024; Pérez-Ortiz, Lardy, de Heide and Grünwald 2024) and
/// the correlation by the weights of ``LevelEvidence``. A series that wanders more than an autoregression of 0.9 is not
/// covered.
///
/// Values beyond ``reach`` deviations of the middle before are drawn in. A series of which more than half of the values
/// before are the same gives no evidence. State: eight numbers a correlation; a value costs as much.
struct ShiftEvidence: Hashable, Sendable, Codable {
    /// What is expected of a shift, in deviations.
    private static let expected = 2.0
    /// How many deviations a value may lie from the middle: more after the moment, where the middle may be another.
    private static let reach = 4.0
    private static let reachAfter = 10.0
    /// From how many values before on there is evidence.
    private static let fewest = 10

    /// Sums of products for one correlation: of the values, the level's part in them and the shift's.
    private struct Sums: Hashable, Sendable, Codable {
        var squares = 0.0
        var level = 0.0
        var shift = 0.0
        var levelValue = 0.0
        var shiftValue = 0.0
        var shiftLevel = 0.0
        var logScale = 0.0
    }

    private var sums = LevelEvidence.correlations.map { _ in Sums() }
    private var middle = 0.0
    private var deviation = 0.0
    private var count = 0
    private var last = 0.0
    private var wasAfter = false
    private var missed = 0
    private var valuesBefore = 0

    private enum CodingKeys: String, CodingKey {
        case sums, middle, deviation, count, last, wasAfter, missed, valuesBefore
    }

    /// Knows nothing.
    init() {}

    /// Reads a snapshot; one of a version with other correlations is refused.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sums = try container.decode([Sums].self, forKey: .sums)
        middle = try container.decode(Double.self, forKey: .middle)
        deviation = try container.decode(Double.self, forKey: .deviation)
        count = try container.decode(Int.self, forKey: .count)
        last = try container.decode(Double.self, forKey: .last)
        wasAfter = try container.decode(Bool.self, forKey: .wasAfter)
        missed = try container.decode(Int.self, forKey: .missed)
        valuesBefore = try container.decode(Int.self, forKey: .valuesBefore)
        guard sums.count == LevelEvidence.correlations.count, count >= 0, missed >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .sums, in: container,
                debugDescription: "expected \(LevelEvidence.correlations.count) sums of a stream")
        }
    }

    /// Takes what was before the moment, in order; what is no number is a gap. To be called once, first.
    mutating func learn(_ values: [Double]) {
        let present = values.filter(\.isFinite)
        middle = OrderStatistics.median(present) ?? 0
        let spread = OrderStatistics.medianAbsoluteDeviation(present, around: middle) ?? 0
        deviation = OrderStatistics.gaussianConsistency * spread
        for value in values { take(value, isAfter: false, reach: Self.reach) }
        valuesBefore = present.count
    }

    /// Takes the next value since the moment.
    mutating func update(_ value: Double) { take(value, isAfter: true, reach: Self.reachAfter) }

    private mutating func take(_ value: Double, isAfter: Bool, reach: Double) {
        guard value.isFinite else {
            missed = min(missed, LevelEvidence.longestGap) + 1
            return
        }
        let bound = reach * deviation
        let value = min(max(value - middle, -bound), bound)
        for (index, correlation) in LevelEvidence.correlations.enumerated() {
            let carried = count == 0 ? 0 : pow(correlation, Double(missed + 1))
            let scale = (1 - carried * carried).squareRoot()
            let observed = (value - carried * last) / scale
            let level = (1 - carried) / scale
            let shift = ((isAfter ? 1 : 0) - carried * (wasAfter ? 1 : 0)) / scale
            sums[index].squares += observed * observed
            sums[index].level += level * level
            sums[index].shift += shift * shift
            sums[index].levelValue += level * observed
            sums[index].shiftValue += shift * observed
            sums[index].shiftLevel += shift * level
            sums[index].logScale += log(scale)
        }
        (last, wasAfter, missed) = (value, isAfter, 0)
        count += 1
    }

    /// The logarithm of the evidence: 0 at first; at log(1/α) nothing different is refuted at the level α.
    var logarithm: Double {
        guard valuesBefore >= Self.fewest, deviation > 0, wasAfter else { return 0 }
        let degrees = Double(count - 1)
        let prior = Self.expected * Self.expected
        var null: [Double] = []
        var alternative: [Double] = []
        for (sums, weight) in zip(sums, LevelEvidence.weights) {
            // What is left of each when the level, which nobody knows, is taken out.
            let squares = sums.squares - sums.levelValue * sums.levelValue / sums.level
            let shift = sums.shift - sums.shiftLevel * sums.shiftLevel / sums.level
            let product = sums.shiftValue - sums.shiftLevel * sums.levelValue / sums.level
            guard squares > 0, squares.isFinite else { return 0 }
            let common = log(weight) - sums.logScale - log(sums.level) / 2
            null.append(common - degrees / 2 * log(squares))
            let precision = 1 + prior * max(0, shift)
            let rest = max(squares - prior * product * product / precision, .leastNormalMagnitude)
            let deviation = (prior / precision * rest / degrees).squareRoot()
            let isAbove = StudentT.upperTail(-prior * product / precision / deviation, degrees: degrees)
            alternative.append(common + log(2 * isAbove) - log(precision) / 2 - degrees / 2 * log(rest))
        }
        return LogMean.of(alternative) - LogMean.of(null)
    }
}
