import AuspexNumerics

/// The larger of two running sums: of how far values are above the usual, and of how far below; of several columns the
/// largest.
///
/// What is usual is the median, or the median at this phase of the cycle. Each row `drift` is taken off the sums, which never
/// fall under 0 nor rise over `limit`, so that they forget a shift that has ended within limit/drift rows.
struct CumulativeSum: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "cusum",
        summary: "Running sum of robust residuals, both ways; finds small shifts that last.",
        kind: .batch, family: "change points",
        parameters: [
            .number(
                "drift", default: 0.5, in: 0.01...5,
                meaning: "taken off the sums each row, in robust standard deviations; half of the shift to be found"),
            .number(
                "limit", default: 20, in: 1...100_000, meaning: "where the sums stop, in robust standard deviations"),
            StandardResiduals.periodParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "some 20·n·d flops, and 800·min(n, 20000)·d to find the period", memory: "60·n·d bytes",
        source: "Page 1954; two-sided: Lucas and Crosier 1982",
        minimumHistory: "more than half of the rows normal; 4 cycles where there are cycles")

    private let drift: Double
    private let limit: Double
    private let period: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        drift = try parameters.number("drift")
        limit = try parameters.number("limit")
        period = try parameters.optionalInteger("period")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return ResidualModel(
            residuals: StandardResiduals(table, rows: rows, period: period),
            fresh: CumulativeSums(drift: drift, limit: limit))
    }
}

/// The sums both ways, as far as they have come.
private struct CumulativeSums: ResidualScorer {
    let drift: Double
    let limit: Double
    private var above = 0.0
    private var below = 0.0

    init(drift: Double, limit: Double) {
        self.drift = drift
        self.limit = limit
    }

    mutating func score(_ residual: Double) -> Double {
        above = min(max(above + residual - drift, 0), limit)
        below = min(max(below - residual - drift, 0), limit)
        return max(above, below)
    }
}
