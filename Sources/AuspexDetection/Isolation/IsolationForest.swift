/// How few random splits of single values part a row or window from the rest.
struct IsolationForest: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "iforest",
        summary: "How few random splits isolate a row or window; robust, quick, indifferent to units.",
        kind: .batch, family: "isolation",
        parameters: [
            ForestParameters.trees, ForestParameters.sample, SeededGenerator.parameter, Windowing.parameterOfRows,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "some 10·trees·(n + sample)·log₂ sample flops, whatever the window",
        memory: "112·trees·min(n, sample) bytes; at most 1 GB",
        source: "Liu, Ting and Zhou 2008", minimumHistory: "256 rows, mostly normal")

    private let trees: Int
    private let sample: Int
    private let seed: Int
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        let trees = try parameters.integer("trees")
        let sample = try parameters.integer("sample")
        self.trees = trees
        self.sample = sample
        seed = try parameters.integer("seed")
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.optionalInteger("window"),
            reference: try ReferenceRows(parameters)
        ) { _ in
            WindowCost(
                operations: 10 * Double(trees) * ForestParameters.depth(sample: sample),
                bytesPerDrawn: 112 * Double(trees), mostDrawn: sample)
        }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings) { windows in
            Scorer(
                forest: Forest(windows, trees: trees, sample: sample, style: AxisSplit.Style(), seed: seed))
        }
    }

    private struct Scorer: WindowScorer {
        let forest: Forest<AxisSplit>

        func scores(_ windows: WindowFeatures) -> [Double] { forest.scores(windows) }
    }
}
