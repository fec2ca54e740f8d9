import AuspexNumerics

/// Distance of a row to the nearest large cluster: members of small clusters are strange, too.
///
/// Clusters are large, the biggest first, until they hold the share `alpha` of the rows and the next one is `beta` times
/// smaller; when no place keeps both, the first that keeps `alpha` decides, as in PyOD.
struct ClusterOutliers: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "cblof",
        summary: "Distance of a row to the nearest large cluster; finds rare states of several columns together.",
        kind: .batch, family: "clustering",
        parameters: [
            .integer("k", default: 8, in: 1...1_000, meaning: "how many clusters; at most as many as rows differ"),
            .number("alpha", default: 0.9, in: 0.5...1, meaning: "share of the rows that the large clusters hold"),
            .number("beta", default: 5, in: 1...1_000_000, meaning: "how many times smaller a small cluster is"),
            .integer("window", default: 1, in: 1...10_000, meaning: "rows a window has; 1 looks at rows"),
            SeededGenerator.parameter,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "some 60·n·w·d·k flops, at most ten times as much; n·w·d·k at most 4·10⁹",
        memory: "60·n + 16·n·d + 8·w·d·(512 + k) bytes",
        source: "He, Xu and Deng 2003, without weights as in PyOD (Zhao et al. 2019)",
        minimumHistory: "10·k rows, nine tenths of them normal")

    private let k: Int
    private let alpha: Double
    private let beta: Double
    private let window: Int
    private let seed: Int
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        k = try parameters.integer("k")
        alpha = try parameters.number("alpha")
        beta = try parameters.number("beta")
        window = try parameters.integer("window")
        seed = try parameters.integer("seed")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let learned = table.cleanColumns().map { Array($0.values[rows]) }
        let scaler = ColumnScaler(learned)
        guard rows.count >= window else {
            return Model(window: window, width: table.columns, k: k, scaler: scaler, large: [], clusters: nil)
        }
        try ClusterCost.check(
            detector: Self.descriptor.name, windows: rows.count - window + 1, features: window * table.columns, k: k)
        do {
            let clusters = try KMeans(
                WindowVectors(scaler.scaled(learned), window: window, standardising: false), k: k, seed: seed)
            return Model(
                window: window, width: table.columns, k: k, scaler: scaler,
                large: Self.largeClusters(clusters.sizes, alpha: alpha, beta: beta), clusters: clusters)
        } catch {
            throw .numerics(detector: Self.descriptor.name, reason: error.description)
        }
    }

    /// The numbers of the large clusters, ascending; at least one.
    static func largeClusters(_ sizes: [Int], alpha: Double, beta: Double) -> [Int] {
        let order = sizes.indices.sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }
        let total = Double(sizes.reduce(0, +))
        var held = 0
        var byAlpha: [Int] = []
        var byBeta: [Int] = []
        for count in 1..<max(order.count, 1) {
            held += sizes[order[count - 1]]
            if Double(held) >= total * alpha { byAlpha.append(count) }
            if Double(sizes[order[count - 1]]) >= beta * Double(sizes[order[count]]) { byBeta.append(count) }
        }
        let count = byAlpha.first { byBeta.contains($0) } ?? byAlpha.first ?? byBeta.first ?? order.count
        return order.prefix(count).sorted()
    }

    private struct Model: DetectorModel {
        let window: Int
        let width: Int
        let k: Int
        let scaler: ColumnScaler
        let large: [Int]
        /// Nil when there was no row to learn from.
        let clusters: KMeans?

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(width)
            guard let clusters, table.rows >= window else { return Windowing.tooShort(table, window: window) }
            try ClusterCost.check(
                detector: ClusterOutliers.descriptor.name, windows: table.rows - window + 1, features: window * width,
                k: k)
            let vectors = WindowVectors(
                scaler.scaled(table.cleanColumns().map(\.values)), window: window, standardising: false)
            do {
                let distances = try clusters.squaredDistances(of: vectors, toNearestOf: large).map { $0.squareRoot() }
                let scores = Windowing.covering(distances, window: window, rows: table.rows)
                return DetectorOutput(scores: table.finished(scores), reach: window)
            } catch {
                throw .numerics(detector: ClusterOutliers.descriptor.name, reason: error.description)
            }
        }
    }
}
