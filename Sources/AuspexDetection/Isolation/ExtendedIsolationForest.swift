/// How few random planes part a row or window from the rest. Planes in any direction leave none of the bands of low scores
/// that splits along the axes leave. Columns are divided by their standard deviations first, so that units don't matter.
struct ExtendedIsolationForest: BatchDetector {
    /// How many values a plane depends on when that is ours to choose: time grows with it.
    static let mostAutomaticFeatures = 5

    static let descriptor = DetectorDescriptor(
        name: "eif",
        summary: "How few random planes isolate a row or window; like iforest, and sees combinations of columns.",
        kind: .batch, family: "isolation",
        parameters: [
            ForestParameters.trees, ForestParameters.sample,
            .integer(
                "extension", default: nil, in: 0...100_000,
                meaning:
                    "how many values beside the first a plane depends on, 0 for splits of single values; left alone "
                    + "all of them, at most \(mostAutomaticFeatures - 1)"),
            SeededGenerator.parameter, Windowing.parameterOfRows, ReferenceRows.parameter(default: .all),
        ],
        cost: "some 5·trees·(n + sample)·log₂ sample·(3 + extension) flops",
        memory: "16·n·d + 32·trees·min(n, sample)·(3 + extension) bytes; at most 1 GB",
        source: "Hariri, Kind and Brunner 2019", minimumHistory: "256 rows, mostly normal")

    private let trees: Int
    private let sample: Int
    private let level: Int?
    private let seed: Int
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        let trees = try parameters.integer("trees")
        let sample = try parameters.integer("sample")
        let level = try parameters.optionalInteger("extension")
        self.trees = trees
        self.sample = sample
        self.level = level
        seed = try parameters.integer("seed")
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.optionalInteger("window"),
            reference: try ReferenceRows(parameters)
        ) { features in
            let used = Double(min(features, level.map { $0 + 1 } ?? Self.mostAutomaticFeatures))
            return WindowCost(
                operations: 5 * Double(trees) * ForestParameters.depth(sample: sample) * (2 + used),
                bytesPerDrawn: 32 * Double(trees) * (2 + used), mostDrawn: sample)
        }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings) { windows in
            let units = ColumnUnits(windows.columns)
            let style = PlaneSplit.Style(
                features: min(windows.features, level.map { $0 + 1 } ?? Self.mostAutomaticFeatures))
            return Scorer(
                units: units,
                forest: Forest(units.scaled(windows), trees: trees, sample: sample, style: style, seed: seed))
        }
    }

    private struct Scorer: WindowScorer {
        let units: ColumnUnits
        let forest: Forest<PlaneSplit>

        func scores(_ windows: WindowFeatures) -> [Double] {
            forest.scores(units.scaled(windows))
        }
    }
}
