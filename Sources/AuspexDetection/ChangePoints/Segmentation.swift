import AuspexNumerics
import Foundation

/// How much better the series is described with a change of level (or of level and spread) near a row than without it.
///
/// The whole table is cut into the stretches that describe it best, all columns at the same rows. A cut's weight is the
/// root of what it saves: for a change of level its height in standard deviations times the root of the harmonic length of
/// the stretches beside it. A row's score is the weight of the nearest cuts, falling to 0 within `spread` rows.
struct Segmentation: BatchDetector {
    /// Costs of pairs of rows times columns; more take minutes.
    static let mostCosts = 2e10
    /// Places for cuts that are looked at when the jump is left alone.
    static let mostPlaces = 20_000

    static let descriptor = DetectorDescriptor(
        name: "pelt",
        summary: "Where a table is best cut into stretches of one level each; finds all changes at once, in hindsight.",
        kind: .batch, family: "change points",
        parameters: [
            .choice(
                "cost", default: SegmentCost.Kind.mean.rawValue, of: SegmentCost.Kind.allCases.map(\.rawValue),
                meaning: "what a stretch has: a level (mean), or a level and a spread (normal)"),
            .number(
                "penalty", default: 3, in: 0.1...100_000,
                meaning: "what a cut must save, in ln n for each column and each of level and spread"),
            .integer("shortest", default: 5, in: 1...100_000, meaning: "rows a stretch has at least"),
            .integer(
                "jump", default: nil, in: 1...100_000,
                meaning:
                    "cuts are looked for at every so many rows; left alone all, and of more than \(mostPlaces) rows "
                    + "so many"),
            .integer("spread", default: 10, in: 1...100_000, meaning: "how many rows beside a cut score"),
            StandardResiduals.periodParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "10·(n/jump)²·d flops at worst, 100·n·d where changes are regular; (n/jump)²·d at most 2·10¹⁰",
        memory: "24·n·d + 100·n/jump bytes",
        source: "Killick, Fearnhead and Eckley 2012; penalty: Zhang and Siegmund 2007",
        minimumHistory: "two stretches of `shortest` rows; 4 cycles where there are cycles")

    private let kind: SegmentCost.Kind
    private let penalty: Double
    private let shortest: Int
    private let jump: Int?
    private let spread: Int
    private let period: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        guard let kind = SegmentCost.Kind(rawValue: try parameters.choice("cost")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "cost")
        }
        self.kind = kind
        penalty = try parameters.number("penalty")
        shortest = try parameters.integer("shortest")
        jump = try parameters.optionalInteger("jump")
        spread = try parameters.integer("spread")
        period = try parameters.optionalInteger("period")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return Model(settings: self, residuals: StandardResiduals(table, rows: rows, period: period))
    }

    private struct Model: DetectorModel {
        let settings: Segmentation
        let residuals: StandardResiduals

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(residuals.columns)
            let jump = settings.jump ?? max(1, (table.rows + Segmentation.mostPlaces - 1) / Segmentation.mostPlaces)
            let places = Double(table.rows / jump)
            guard places * places * Double(table.columns) <= Segmentation.mostCosts else {
                throw .tooLarge(
                    detector: Segmentation.descriptor.name,
                    reason:
                        "cuts at \(table.rows / jump) places in \(table.columns) column(s) may take many minutes; leave "
                        + "jump alone or choose a larger one, choose fewer columns, or score the table in parts")
            }
            let cost = SegmentCost(residuals.residuals(table), kind: settings.kind)
            let parameters = Double(table.columns) * (settings.kind == .mean ? 1 : 2)
            let penalty = settings.penalty * parameters * log(Double(max(table.rows, 2)))
            let changes = PrunedSegmentation(
                cost, penalty: penalty, shortest: settings.shortest, jump: jump
            ).changes
            return DetectorOutput(
                scores: table.finished(scores(changes, cost)),
                notes: ["\(changes.count) change(s) in \(table.rows) row(s)"], reach: 2 * settings.spread)
        }

        private func scores(_ changes: [Int], _ cost: SegmentCost) -> [Double] {
            var scores = [Double](repeating: 0, count: cost.rows)
            let borders = [0] + changes + [cost.rows]
            for (place, change) in changes.enumerated() {
                let (start, end) = (borders[place], borders[place + 2])
                let saved = cost.of(start, end) - cost.of(start, change) - cost.of(change, end)
                let weight = max(saved, 0).squareRoot()
                for row in max(0, change - settings.spread)..<min(cost.rows, change + settings.spread) {
                    // The last row before a change is as near to it as the first behind.
                    let distance = Double(row < change ? change - 1 - row : row - change)
                    scores[row] = max(scores[row], weight * (1 - distance / Double(settings.spread)))
                }
            }
            return scores
        }
    }
}
