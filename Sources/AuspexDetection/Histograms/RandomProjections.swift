import Foundation

/// How rare a window or row is along random directions: the mean of −ln of the share of the bin in which its projection
/// falls.
///
/// Each direction has √f of the f features, with Gaussian weights. Columns are divided by their standard deviations first,
/// so that units don't matter. A bin without values counts half a value, and so does everything outside the bins.
struct RandomProjections: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "loda",
        summary: "How rare a row or window is along many random directions; cheap where columns are many.",
        kind: .batch, family: "histogram",
        parameters: [
            .integer("projections", default: 100, in: 1...10_000, meaning: "how many random directions are taken"),
            .integer("bins", default: 10, in: 2...10_000, meaning: "bins a direction's histogram has, of equal width"),
            SeededGenerator.parameter,
            Windowing.parameterOfRows,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "2·n·projections·√(w·d) flops",
        memory: "24·n·d + projections·(16·√(w·d) + 8·bins) bytes; at most 1 GB",
        source: "Pevný 2016, with fixed bins as in PyOD (Zhao et al. 2019)",
        minimumHistory: "some 10 rows a bin")

    private let projections: Int
    private let bins: Int
    private let seed: Int
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        let projections = try parameters.integer("projections")
        let bins = try parameters.integer("bins")
        self.projections = projections
        self.bins = bins
        seed = try parameters.integer("seed")
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.optionalInteger("window"),
            reference: try ReferenceRows(parameters)
        ) { features in
            let each = Double(projections)
            let used = Double(features).squareRoot()
            return WindowCost(operations: each * (2 * used + 4), bytes: each * (16 * used + 16 * Double(bins)))
        }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings) { windows in
            var random = SeededGenerator(seed: seed)
            let units = ColumnUnits(windows.columns)
            let scaled = units.scaled(windows)
            return Scorer(
                units: units,
                directions: (0..<projections).map { _ in Direction(scaled, bins: bins, random: &random) })
        }
    }

    /// A few features with weights, and what is known of the projections on it.
    private struct Direction: Sendable {
        let features: [Int]
        let weights: [Double]
        let histogram: FeatureHistogram
        let rarity: [Double]
        let outside: Double

        init(_ windows: WindowFeatures, bins: Int, random: inout SeededGenerator) {
            let count = max(1, Int(Double(windows.features).squareRoot()))
            features = random.sample(count, below: windows.features)
            weights = features.map { _ in random.gaussian() }
            histogram = FeatureHistogram(Self.project(windows, features, weights), bins: bins)
            let total = Double(windows.count)
            rarity = histogram.counts.map { -log(max(Double($0), 0.5) / total) }
            outside = -log(0.5 / total)
        }

        func projected(_ windows: WindowFeatures) -> [Double] {
            Self.project(windows, features, weights)
        }

        private static func project(_ windows: WindowFeatures, _ features: [Int], _ weights: [Double]) -> [Double] {
            var sums = [Double](repeating: 0, count: windows.count)
            for (feature, weight) in zip(features, weights) {
                for (row, value) in windows.values(of: feature).enumerated() { sums[row] += weight * value }
            }
            return sums
        }
    }

    private struct Scorer: WindowScorer {
        let units: ColumnUnits
        let directions: [Direction]

        func scores(_ windows: WindowFeatures) -> [Double] {
            let scaled = units.scaled(windows)
            var sums = [Double](repeating: 0, count: windows.count)
            for direction in directions {
                for (row, value) in direction.projected(scaled).enumerated() {
                    switch direction.histogram.place(value, tolerance: 0) {
                    case .bin(let bin): sums[row] += direction.rarity[bin]
                    case .outside: sums[row] += direction.outside
                    }
                }
            }
            return sums.map { $0 / Double(directions.count) }
        }
    }
}
