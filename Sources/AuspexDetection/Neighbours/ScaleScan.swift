import AuspexNumerics

/// What the windows of one form and length say of a series: how far each of them is from its nearest landmark.
struct ScaleScan: Sendable {
    /// Shorter series have no windows to speak of.
    static let fewestRows = 16

    /// A window of nearly constant values is not blown up beyond this share of the series' standard deviation.
    static let shapeFloor = 0.3
    /// The neighbour lies at least this share of the windows away, so that an incident that repeats within itself has none.
    static let exclusionShare = 20

    /// Which windows are compared.
    struct Member: Hashable, Sendable {
        var form: ScaledWindows.Form
        var length: Int
    }

    /// A series made ready for comparing its windows.
    enum Series {
        /// Nothing varies.
        case flat
        /// Too few rows; what is known is how far each is from the median, in mean absolute deviations.
        case short([Double])
        /// Mean 0 and deviation 1, and its period in rows.
        case standard([Double], period: Int)
    }

    /// The distance of each window to its nearest landmark; the median of the others for a window that has none.
    let distances: [Double]
    /// By how much that is more than the neighbour's own distance to its nearest landmark, 0 when it is less: what is far
    /// from a place where windows are always far from each other is not strange.
    let excesses: [Double]

    /// - Parameters:
    ///   - values: n of them, of deviation 1.
    ///   - landmarks: the most windows with which each is compared.
    init(_ member: Member, of values: [Double], landmarks: Int) {
        let windows = ScaledWindows(values, length: member.length, form: member.form)
        let exclusion = max(member.length, windows.count / Self.exclusionShare)
        let found = LandmarkSearch(windows, most: landmarks).nearest(exclusion: exclusion)
        let middle = OrderStatistics.median(found.compactMap { $0?.distance }) ?? 0
        let distances = found.map { $0?.distance ?? middle }
        self.distances = distances
        excesses = zip(distances, found).map { own, neighbour in
            max(0, own - (neighbour.map { distances[$0.index] } ?? middle))
        }
    }

    /// The five members, equal ones more than once: raw windows of 8 rows, one period, 128 rows and two periods, and the
    /// form of windows of one period. None is longer than a quarter of the rows.
    static func members(period: Int, rows: Int) -> [Member] {
        [
            (ScaledWindows.Form.raw, 8), (.raw, period), (.raw, 128), (.raw, 2 * period),
            (.shape(floor: shapeFloor), period),
        ].map { Member(form: $0, length: max(2, min($1, rows / 4))) }
    }

    /// - Parameter values: finite.
    static func series(_ values: [Double]) -> Series {
        let moments = Moments(values)
        let deviation = moments.populationVariance.squareRoot()
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard !values.isEmpty, deviation > 1e-9 * largest else { return .flat }
        guard values.count >= fewestRows else { return .short(distancesFromMedian(values)) }
        return .standard(
            values.map { ($0 - moments.mean) / deviation }, period: Autocorrelation.dominantPeriod(values))
    }

    /// Brought to the scale of its own median and mean absolute deviation.
    static func normalised(_ scores: [Double]) -> [Double] {
        guard let median = OrderStatistics.median(scores), let most = scores.max() else { return scores }
        let spread = scores.reduce(0) { $0 + abs($1 - median) } / Double(scores.count)
        let scale = spread + 1e-9 * (most - median) + 1e-12
        return scores.map { ($0 - median) / scale }
    }

    private static func distancesFromMedian(_ values: [Double]) -> [Double] {
        guard let median = OrderStatistics.median(values) else { return values }
        let distances = values.map { abs($0 - median) }
        let scale = distances.reduce(0, +) / Double(values.count) + 1e-12
        return distances.map { $0 / scale }
    }
}
