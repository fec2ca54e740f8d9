/// How much simpler trees of random cuts would become if a row or window, and those like it, were gone: the mean, over
/// trees, of its collusive displacement.
///
/// Each tree holds a sample of the learned windows. The displacement of a window that is scored is that of a tree which it
/// was put into and will be taken out of again, so that no score depends on the rows scored before.
struct RandomCutForest: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "rcf",
        summary: "How much a row or window displaces the others in trees of random cuts; finds what stands apart.",
        kind: .batch, family: "isolation",
        parameters: [
            .integer("trees", default: 100, in: 1...10_000, meaning: "how many trees are grown"),
            .integer("sample", default: 256, in: 2...100_000, meaning: "how many windows a tree holds"),
            .choice(
                "scaling", default: Scaling.column.rawValue, of: Scaling.allCases.map(\.rawValue),
                meaning: "bring each column to mean 0 and deviation 1, or leave it: longer ranges are cut more often"),
            SeededGenerator.parameter,
            Windowing.parameterOfRows,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "some 15·n·trees·w·d·log₂ sample flops; at most 5·10¹¹",
        memory: "16·n·d + trees·min(n, sample)·(32·w·d + 100) bytes; at most 1 GB",
        source: "Guha, Mishra, Roy and Schrijvers 2016", minimumHistory: "some hundred rows, nearly all of them normal")

    /// What columns are brought to before they are cut.
    enum Scaling: String, CaseIterable {
        case column
        case none
    }

    private let trees: Int
    private let sample: Int
    private let scaling: Scaling
    private let seed: Int
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        let trees = try parameters.integer("trees")
        let sample = try parameters.integer("sample")
        self.trees = trees
        self.sample = sample
        seed = try parameters.integer("seed")
        guard let scaling = Scaling(rawValue: try parameters.choice("scaling")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "scaling")
        }
        self.scaling = scaling
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.optionalInteger("window"),
            reference: try ReferenceRows(parameters)
        ) { features in
            let depth = ForestParameters.depth(sample: sample)
            return WindowCost(
                operations: 15 * Double(trees) * Double(features) * depth,
                bytesPerDrawn: Double(trees) * (32 * Double(features) + 100), mostDrawn: sample)
        }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings) { windows in
            let units = scaling == .column ? ColumnUnits(windows.columns) : nil
            let scaled = units?.scaled(windows) ?? windows
            var random = SeededGenerator(seed: seed)
            return Scorer(
                units: units,
                trees: (0..<trees).map { _ in
                    var tree = CutTree(features: scaled.features)
                    for (number, index) in random.sample(sample, below: scaled.count).enumerated() {
                        tree.insert(number, scaled.point(index)[...], random: &random)
                    }
                    return tree
                }, seed: random.next())
        }
    }

    private struct Scorer: WindowScorer {
        /// Nil when columns stay as they are.
        let units: ColumnUnits?
        let trees: [CutTree]
        let seed: UInt64

        func scores(_ windows: WindowFeatures) -> [Double] {
            let scaled = units?.scaled(windows) ?? windows
            var sums = [Double](repeating: 0, count: scaled.count)
            for index in sums.indices {
                let point = scaled.point(index)
                // Its own lots for each window: equal windows get equal scores wherever they stand.
                var random = SeededGenerator(seed: Self.lots(of: point, seed: seed))
                for tree in trees { sums[index] += tree.displacement(of: point[...], random: &random) }
            }
            return sums.map { $0 / Double(trees.count) }
        }

        /// A seed that follows from the window's values (Fowler, Noll and Vo's hash).
        private static func lots(of point: [Double], seed: UInt64) -> Int {
            var bits = seed
            for value in point { bits = (bits ^ value.bitPattern) &* 0x0000_0100_0000_01b3 }
            return Int(truncatingIfNeeded: bits)
        }
    }
}

extension WindowFeatures {
    /// All values of one window.
    func point(_ index: Int) -> [Double] {
        var point: [Double] = []
        point.reserveCapacity(features)
        for column in columns { point += column[index..<index + window] }
        return point
    }
}
