/// How far out in its columns' tails a row is: the largest of three sums over columns or places of a window, of the
/// surprises on the left, on the right, and on the side to which each column is skewed.
struct CumulativeOutliers: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "ecod",
        summary: "How far in the tails of its columns a row lies, all on the same side; no parameters to tune.",
        kind: .batch, family: "tails",
        parameters: [Windowing.parameterFromOne, ReferenceRows.parameter(default: .all)],
        cost: "some 10·n·w·d·log₂ n flops", memory: "40·n·d + w·d bytes",
        source: "Li et al. 2022, algorithm 1", minimumHistory: "100 rows, since no surprise exceeds ln n")

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
            var left = [Double](repeating: 0, count: windows.count)
            var right = left
            var skewed = left
            tails.visit(windows) { row, surprise in
                left[row] += surprise.left
                right[row] += surprise.right
                skewed[row] += surprise.skewed
            }
            return left.indices.map { max(left[$0], right[$0], skewed[$0]) }
        }
    }
}
