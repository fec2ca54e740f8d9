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

/// The members' scores of one column, fused.
struct MultiScaleScores {
    /// One score a row; larger = stranger, negative for the most ordinary ones.
    let fused: [Double]
    /// Over how many rows one strange row raises the score: the widest window.
    let reach: Int

    /// - Parameter values: finite.
    init(_ values: [Double], landmarks: Int) {
        switch ScaleScan.series(values) {
        case .flat: (fused, reach) = ([Double](repeating: 0, count: values.count), 1)
        case .short(let distances): (fused, reach) = (distances, 1)
        case .standard(let standard, let period):
            let members = ScaleScan.members(period: period, rows: values.count)
            var known: [ScaleScan.Member: [Double]] = [:]
            let scores = members.map { member in
                if let scores = known[member] { return scores }
                let scan = ScaleScan(member, of: standard, landmarks: landmarks)
                let scores = ScaleScan.normalised(
                    Windowing.covering(scan.distances, window: member.length, rows: values.count))
                known[member] = scores
                return scores
            }
            (fused, reach) = (Self.fused(scores), members.map(\.length).max() ?? 1)
        }
    }

    /// Mean and half of the maximum of what the members say of each row.
    static func fused(_ members: [[Double]]) -> [Double] {
        members[0].indices.map { row in
            let sum = members.reduce(0) { $0 + $1[row] }
            let most = members.reduce(-Double.infinity) { max($0, $1[row]) }
            return sum / Double(members.count) + 0.5 * most
        }
    }
}
