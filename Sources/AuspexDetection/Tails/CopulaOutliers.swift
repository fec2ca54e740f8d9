/// How far out in its columns' tails a row is: the sum, over columns or places of a window, of the larger of two surprises,
/// that on the side to which the column is skewed, and the mean of both sides.
struct CopulaOutliers: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "copod",
        summary:
            "How far in the tails of its columns a row lies, above all on their long sides; no parameters to tune.",
        kind: .batch, family: "tails",
        parameters: [Windowing.parameterFromOne, ReferenceRows.parameter(default: .all)],
        cost: "some 10·n·w·d·log₂ n flops", memory: "40·n·d + w·d bytes",
        source: "Li et al. 2020, in the form of PyOD (Zhao et al. 2019)",
        minimumHistory: "100 rows, since no surprise exceeds ln n")

    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.integer("window"),
            reference: try ReferenceRows(parameters)
        ) { WindowCost(operations: EmpiricalTails.operationsPerValue * Double($0)) }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings) { Scorer(tails: EmpiricalTails($0)) }
    }

    private struct Scorer: WindowScorer {
        let tails: EmpiricalTails

        func scores(_ windows: WindowFeatures) -> [Double] {
            var sums = [Double](repeating: 0, count: windows.count)
            tails.visit(windows) { row, surprise in
                sums[row] += max(surprise.skewed, (surprise.left + surprise.right) / 2)
            }
            return sums
        }
    }
}
