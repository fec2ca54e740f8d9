import AuspexNumerics

/// The Mahalanobis distance of a row or window by mean and covariance of the tightest half of all: anomalies, up to half of
/// the rows, cannot hide behind what they do to mean and covariance.
struct MinimumCovariance: BatchDetector {
    /// Window times columns; with more the half is no estimate of as many squares.
    static let mostFeatures = 200
    /// Of more windows so many are drawn to learn from: their estimates are good to half a percent.
    static let mostLearned = 50_000

    static let descriptor = DetectorDescriptor(
        name: "mcd",
        summary: "Distance from the tightest half of the rows, by how its columns move together; anomalies can't hide.",
        kind: .batch, family: "subspace",
        parameters: [
            .number("support", default: 0.5, in: 0.5...1, meaning: "the share of the rows that is held for normal"),
            .integer(
                "starts", default: 500, in: 1...10_000, meaning: "from how many random beginnings it is looked for"),
            .number(
                "ridge", default: 1e-6, in: 1e-9...1,
                meaning: "what is added to the variances of standardised values; larger ignores rare directions"),
            SeededGenerator.parameter,
            Windowing.parameterFromOne,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "some 150·min(n, 50000)·(w·d)² + 2000·starts·(w·d)² flops, at most 5·10¹¹, and 4·n·(w·d)²; w·d at "
            + "most 200",
        memory: "32·min(n, 50000)·w·d bytes",
        source:
            "Rousseeuw and Van Driessen 1999; consistency: Croux and Haesbroeck 1999; reweighted as in scikit-learn",
        minimumHistory: "5 rows a column, or windows a row of the window, more than half of them normal")

    private let support: Double
    private let ridge: Double
    private let starts: Int
    private let seed: Int
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        support = try parameters.number("support")
        ridge = try parameters.number("ridge")
        let starts = try parameters.integer("starts")
        self.starts = starts
        seed = try parameters.integer("seed")
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.integer("window"),
            reference: try ReferenceRows(parameters)
        ) { features in
            WindowCost(
                operations: 4 * Double(features) * Double(features),
                learning: 2_000 * Double(starts) * Double(features) * Double(features),
                bytesPerDrawn: 32 * Double(features),
                mostDrawn: Self.mostLearned, mostFeatures: Self.mostFeatures)
        }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings, learn: learn)
    }

    private func learn(_ windows: WindowFeatures) throws(DetectorError) -> any WindowScorer {
        do {
            return try Scorer(windows, support: support, ridge: ridge, starts: starts, seed: seed)
        } catch {
            throw .numerics(detector: Self.descriptor.name, reason: error.description)
        }
    }

    private struct Scorer: WindowScorer {
        private static let blockHeight = 512
        /// Learned values farther off, in robust deviations, count as so far: they have no part in the tightest half, and
        /// their squares would drown it in rounding errors.
        private static let farthest = 1e5

        private let standard: StandardisedWindows
        private let covariance: RobustCovariance

        init(
            _ windows: WindowFeatures, support: Double, ridge: Double, starts: Int, seed: Int
        ) throws(NumericsError) {
            standard = StandardisedWindows(robustly: windows.columns, window: windows.window)
            var random = SeededGenerator(seed: seed)
            let drawn = random.sample(MinimumCovariance.mostLearned, below: windows.count)
            let (means, units) = (standard.means, standard.deviations)
            var storage: [Double] = []
            storage.reserveCapacity(drawn.count * windows.features)
            for index in drawn {
                for feature in 0..<windows.features {
                    let value = (windows[index, feature] - means[feature]) / units[feature]
                    storage.append(min(max(value, -Self.farthest), Self.farthest))
                }
            }
            let points = try Matrix(rows: windows.features, columns: drawn.count, storage: storage)
            covariance = try RobustCovariance(
                points, support: support, ridge: ridge, starts: starts, random: &random)
        }

        func scores(_ windows: WindowFeatures) throws(DetectorError) -> [Double] {
            var scores: [Double] = []
            scores.reserveCapacity(windows.count)
            do {
                for start in stride(from: 0, to: windows.count, by: Self.blockHeight) {
                    let rows = start..<min(start + Self.blockHeight, windows.count)
                    var block = try standard.matrix(windows.columns, rows: rows).transposed
                    for index in block.storage.indices {
                        let moved = block.storage[index] - covariance.location[index % block.rows]
                        block.storage[index] = CleanColumn.clamped(moved)
                    }
                    let solution = try covariance.factor.solve(block)
                    for row in 0..<rows.count {
                        let product = zip(block.column(row), solution.column(row)).reduce(0) { $0 + $1.0 * $1.1 }
                        scores.append(max(product, 0).squareRoot())
                    }
                }
            } catch {
                throw .numerics(detector: MinimumCovariance.descriptor.name, reason: error.description)
            }
            return scores
        }
    }
}
