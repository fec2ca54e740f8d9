import AuspexNumerics

/// Distances of windows to their nearest neighbours at five scales, fused: one configuration for every kind of series.
///
/// Four members compare raw windows of 8 rows, one period, 128 rows and two periods; the fifth compares the form of
/// windows of one period. A window's neighbour must lie a twentieth of the series away, so that an incident that repeats
/// within itself has none. Each member's score of a row is the mean over the windows that cover it, brought to a common
/// scale by its median and mean absolute deviation; the fused score is the members' mean and half of their maximum.
struct MultiScaleNeighbours: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "msnn",
        summary:
            "Distance of windows of five scales to their nearest neighbours, fused; one choice for any series.",
        kind: .batch, family: "neighbours",
        parameters: [
            .integer(
                "landmarks", default: 2_000, in: 16...20_000,
                meaning: "with how many windows each one is compared; all of them when there are fewer")
        ],
        cost: "2·n·d·M·(136 + 4·period) flops for M landmarks (10,000 rows of period 288: 0.4 s)",
        memory: "4·M·(512 + 2·period) + 100·n bytes",
        source: "multi-scale nearest neighbours over landmarks; Ramaswamy et al. 2000; Yeh et al. 2016",
        minimumHistory: "two occurrences of each normal form; under 16 rows only distances from the median count")

    private let landmarks: Int

    init(parameters: ParameterValues) throws(DetectorError) {
        landmarks = try parameters.integer("landmarks")
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        return Model(columns: table.columns, landmarks: landmarks)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let landmarks: Int

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > 0 else { return DetectorOutput(scores: []) }
            let each = table.cleanColumns().map { MultiScaleScores($0.values, landmarks: landmarks) }
            let fused = each.count == 1 ? each[0].fused : MultiScaleScores.fused(each.map(\.fused))
            // The fused score is negative where a row is more ordinary than most.
            let least = fused.min() ?? 0
            return DetectorOutput(
                scores: table.finished(fused.map { $0 - least }), reach: each.map(\.reach).max() ?? 1)
        }
    }
}

/// The members' scores of one column, and the fused one.
struct MultiScaleScores {
    /// Shorter series have no windows to speak of.
    static let fewestRows = 16
    /// A window of nearly constant values is not blown up beyond this share of the series' standard deviation.
    private static let shapeFloor = 0.3
    /// The neighbour lies at least this share of the windows away.
    private static let exclusionShare = 20

    /// Which windows a member compares.
    struct Member: Hashable {
        var form: ScaledWindows.Form
        var length: Int
    }

    /// The members in order, equal ones more than once: they keep their weight.
    let members: [Member]
    /// The scores of a row by each member, before they are brought to a common scale.
    let scores: [[Double]]
    /// One score a row; larger = stranger, negative for the most ordinary ones.
    let fused: [Double]

    /// Over how many rows one strange row raises the score: the widest window.
    var reach: Int { members.map(\.length).max() ?? 1 }

    /// - Parameter values: finite.
    init(_ values: [Double], landmarks: Int) {
        let moments = Moments(values)
        let deviation = moments.populationVariance.squareRoot()
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard !values.isEmpty, deviation > 1e-9 * largest else {
            (members, scores, fused) = ([], [], [Double](repeating: 0, count: values.count))
            return
        }
        guard values.count >= Self.fewestRows else {
            (members, scores, fused) = ([], [], Self.distancesFromMedian(values))
            return
        }
        let standard = values.map { ($0 - moments.mean) / deviation }
        let period = Autocorrelation.dominantPeriod(values)
        let shape = ScaledWindows.Form.shape(floor: Self.shapeFloor)
        let members = [
            (ScaledWindows.Form.raw, 8), (.raw, period), (.raw, 128), (.raw, 2 * period), (shape, period),
        ].map { Member(form: $0, length: max(2, min($1, values.count / 4))) }
        var known: [Member: [Double]] = [:]
        let scores = members.map { member in
            if let scores = known[member] { return scores }
            let scores = Self.scores(of: member, standard, landmarks: landmarks)
            known[member] = scores
            return scores
        }
        (self.members, self.scores, fused) = (members, scores, Self.fused(scores.map(Self.normalised)))
    }

    /// Mean and half of the maximum of what the members say of each row.
    static func fused(_ members: [[Double]]) -> [Double] {
        members[0].indices.map { row in
            let sum = members.reduce(0) { $0 + $1[row] }
            let most = members.reduce(-Double.infinity) { max($0, $1[row]) }
            return sum / Double(members.count) + 0.5 * most
        }
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

    private static func scores(of member: Member, _ values: [Double], landmarks: Int) -> [Double] {
        let windows = ScaledWindows(values, length: member.length, form: member.form)
        let exclusion = max(member.length, windows.count / exclusionShare)
        let found = LandmarkSearch(windows, most: landmarks).distances(exclusion: exclusion)
        let middle = OrderStatistics.median(found.compactMap { $0 }) ?? 0
        return Windowing.covering(found.map { $0 ?? middle }, window: member.length, rows: values.count)
    }
}
