/// How surprising a value is to all that may be the state since the last change, weighted by how likely each is; of several
/// columns the largest.
///
/// The score is −ln of the predictive density of the row's robust residual, in nats, 0 where the density is above 1. It is
/// high for a wild value and where a level or a spread changes, and falls again once the new state is known.
struct OnlineChangePoints: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "bocpd",
        summary: "Surprise of a value given all possible times of the last change; finds where a series changes.",
        kind: .batch, family: "change points",
        parameters: [
            .integer("run", default: 250, in: 2...1_000_000, meaning: "rows between two changes, on average"),
            .integer(
                "longest", default: 500, in: 10...10_000,
                meaning: "how many possible times of the last change are kept; the least likely one goes"),
            StandardResiduals.periodParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "50·n·d·longest flops; n·d·longest at most 2·10¹⁰", memory: "70·n·d + 50·longest bytes",
        source: "Adams and MacKay 2007, with Gaussian values of unknown mean and variance (Murphy 2007)",
        minimumHistory: "a dozen rows; 4 cycles where there are cycles")

    /// Rows times columns times kept times: some minutes.
    static let mostSteps = 2e10

    private let run: Int
    private let longest: Int
    private let period: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        run = try parameters.integer("run")
        longest = try parameters.integer("longest")
        period = try parameters.optionalInteger("period")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return Model(run: run, longest: longest, residuals: StandardResiduals(table, rows: rows, period: period))
    }

    private struct Model: DetectorModel {
        let run: Int
        let longest: Int
        let residuals: StandardResiduals

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            guard Double(table.rows) * Double(table.columns) * Double(longest) <= OnlineChangePoints.mostSteps else {
                throw .tooLarge(
                    detector: OnlineChangePoints.descriptor.name,
                    reason: "\(table.rows) rows by \(table.columns) column(s) with longest=\(longest) take too long; "
                        + "choose a smaller longest, or fewer columns")
            }
            return try ResidualModel(residuals: residuals, fresh: RunLengths(run: run, longest: longest)).scores(table)
        }
    }
}
