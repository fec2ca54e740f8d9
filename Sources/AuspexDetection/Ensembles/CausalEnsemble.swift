import AuspexNumerics
import Foundation

/// What six scales say of each row from the rows up to it alone: the core of `auto` when it must be causal.
///
/// A score does not change when rows are added behind. When a window speaks for its ``Moment/middle``, the score of a row is
/// known half a window after it. Four scales have fixed lengths; those of one period join once
/// ``learningRows`` rows have shown it.
struct CausalEnsemble {
    /// Rows that show the period and the spread on which the form of a window is judged.
    static let learningRows = 1_000
    /// No score is given on fewer distances than these.
    private static let warmUp = 50
    /// What the strongest member counts beside the mean of all.
    private static let strongestShare = 0.5
    /// The fixed scales.
    private static let lengths = [8, 16, 32, 128]
    /// The period is at most this share of the rows that show it.
    private static let longestPeriodShare = 4

    /// For which of its rows a window speaks.
    enum Moment: Sendable {
        /// The last.
        case end
        /// The middle one.
        case middle
    }

    /// One score a row, over 0; larger = stranger.
    let fused: [Double]
    let reach: Int
    let contributions: [(name: String, values: [Double])]

    /// - Parameter values: n of them, NaN where one is missing.
    init(_ values: [Double], landmarks: Int, moment: Moment) {
        let rows = values.count
        let standard = Self.standard(values)
        var members = Self.lengths.map { (form: ScaledWindows.Form.raw, length: $0, start: 0) }
        if rows > Self.learningRows {
            let learned = Array(standard.prefix(Self.learningRows))
            let period = min(Autocorrelation.dominantPeriod(learned), Self.learningRows / Self.longestPeriodShare)
            members.append((.raw, period, Self.learningRows))
            let spread = Moments(learned).populationVariance.squareRoot()
            if spread > 0 {
                members.append((.shape(floor: ScaleScan.shapeFloor * spread), period, Self.learningRows))
            }
        }
        var fusion = Fusion(rows: rows)
        var contributions: [(name: String, values: [Double])] = []
        for (form, length, start) in members where length < rows {
            let distances = CausalSearch(
                windows: ScaledWindows(standard, length: length, form: form), most: landmarks
            ).distances()
            let lead = moment == .end ? length - 1 : length / 2
            var known = [Double?](repeating: nil, count: rows)
            for (index, distance) in distances.enumerated() { known[index + lead] = distance }
            let scores = Self.normalised(known, from: start)
            contributions.append((ScaleScan.Member(form: form, length: length).name, fusion.add(scores, length)))
        }
        // As long as nothing has changed there is nothing to be strange.
        let still = standard.firstIndex { $0 != standard[0] } ?? rows
        fused = fusion.scores.enumerated().map { $0.offset < still ? 0 : $0.element }
        reach = members.map(\.length).max() ?? 1
        self.contributions = contributions
    }

    /// Mean of the members by their trust, and a share of the strongest.
    private struct Fusion {
        private var sum: [Double]
        private var trusted: [Double]
        private var strongest: [Double]
        private var most: [Double]

        init(rows: Int) {
            sum = [Double](repeating: 0, count: rows)
            trusted = sum
            strongest = [Double](repeating: -.infinity, count: rows)
            most = sum
        }

        /// Adds a member and returns its weighted scores.
        mutating func add(_ scores: [Double?], _ length: Int) -> [Double] {
            scores.indices.map { row in
                guard let score = scores[row] else { return 0 }
                let trust = ScaleEnsemble.trust(window: length, rows: row + 1)
                sum[row] += trust * score
                trusted[row] += trust
                strongest[row] = max(strongest[row], trust * score)
                most[row] = max(most[row], trust)
                return trust * score
            }
        }

        /// 0 where no member has a say.
        var scores: [Double] {
            sum.indices.map { row in
                guard trusted[row] > 0 else { return 0 }
                let score = sum[row] / trusted[row] + CausalEnsemble.strongestShare * strongest[row] / most[row]
                // Over 0 and in the same order, without looking at what other rows have.
                return score > CausalEnsemble.linearFrom ? score : log1p(exp(score))
            }
        }
    }

    /// From here log(1 + exp x) is x in double precision.
    private static let linearFrom = 40.0

    /// Moved and scaled by what the first rows have, so that products in single precision neither cancel nor overflow. A
    /// missing value is the one before it.
    static func standard(_ values: [Double]) -> [Double] {
        guard values.contains(where: \.isFinite) else { return [Double](repeating: 0, count: values.count) }
        let filled = CleanColumn.carried(values)
        let moments = Moments(Array(filled.prefix(warmUp)))
        var (centre, unit) = (moments.mean, moments.populationVariance.squareRoot())
        if unit <= 1e-12 * abs(centre) {
            centre = filled[0]
            unit = filled.first { $0 != centre }.map { abs($0 - centre) } ?? 1
        }
        return filled.map { min(max(($0 - centre) / unit, -largest), largest) }
    }

    /// Larger values are cut to this, so that squares are finite in single precision.
    private static let largest = 1e12

    /// Brought to the scale of the median and mean absolute deviation of what came before, which are taken anew after every
    /// twentieth more of them; nil as long as that is too little.
    static func normalised(_ known: [Double?], from start: Int) -> [Double?] {
        var result = [Double?](repeating: nil, count: known.count)
        var past: [Double] = []
        var (median, scale, next) = (0.0, 0.0, warmUp)
        for row in known.indices {
            guard let distance = known[row] else { continue }
            if past.count >= next {
                (median, scale) = centre(of: past)
                next = past.count + max(warmUp / 2, past.count / 20)
            }
            if past.count >= warmUp, row >= start { result[row] = (distance - median) / scale }
            past.append(distance)
        }
        return result
    }

    private static func centre(of past: [Double]) -> (median: Double, scale: Double) {
        let median = OrderStatistics.median(past) ?? 0
        let spread = past.reduce(0) { $0 + abs($1 - median) } / Double(past.count)
        return (median, spread + 1e-9 * ((past.max() ?? median) - median) + 1e-12)
    }
}
