import AuspexNumerics

/// Distance of a window to the mean of its cluster, averaged over the windows that cover a row.
struct ClusterDistance: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "kmeans",
        summary: "Distance of a window to the centre of its cluster; finds shapes unlike the k usual ones.",
        kind: .batch, family: "clustering",
        parameters: [
            .integer("k", default: 20, in: 1...1_000, meaning: "how many clusters; at most as many as windows differ"),
            .integer(
                "window", default: nil, in: 1...10_000,
                meaning:
                    "rows a window has; left alone it is the period, at most a quarter of the rows, for one column "
                    + "and 1 for several"),
            ClusterCost.scalingParameter,
            SeededGenerator.parameter,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "some 60·n·w·d·k flops, at most ten times as much; n·w·d·k at most 4·10⁹",
        memory: "60·n + 16·n·d + 8·w·d·(512 + k) bytes",
        source: "Yairi et al. 2001; the form of the TSB-AD benchmark (Liu and Paparrizos 2024); k-means++: Arthur and "
            + "Vassilvitskii 2007",
        minimumHistory: "k windows of normal shapes, better ten times as many")

    private let k: Int
    private let window: Int?
    private let scaling: ClusterCost.Scaling
    private let seed: Int
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        k = try parameters.integer("k")
        window = try parameters.optionalInteger("window")
        scaling = try ClusterCost.Scaling(parameters)
        seed = try parameters.integer("seed")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let columns = table.cleanColumns()
        let length = window ?? (table.columns > 1 ? 1 : Windowing.length(nil, columns: columns))
        let learned = columns.map { Array($0.values[rows]) }
        let scaler = ColumnScaler(learned)
        let standardising = length > 1 && (scaling == .window || (scaling == .auto && table.columns == 1))
        guard rows.count >= length else {
            return Model(
                window: length, width: table.columns, k: k, scaler: scaler, standardising: standardising, clusters: nil)
        }
        try ClusterCost.check(
            detector: Self.descriptor.name, windows: rows.count - length + 1, features: length * table.columns, k: k)
        let vectors = WindowVectors(scaler.scaled(learned), window: length, standardising: standardising)
        do {
            return Model(
                window: length, width: table.columns, k: k, scaler: scaler, standardising: standardising,
                clusters: try KMeans(vectors, k: k, seed: seed))
        } catch {
            throw .numerics(detector: Self.descriptor.name, reason: error.description)
        }
    }

    private struct Model: DetectorModel {
        let window: Int
        let width: Int
        let k: Int
        let scaler: ColumnScaler
        let standardising: Bool
        /// Nil when there was no window to learn from.
        let clusters: KMeans?

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(width)
            guard let clusters, table.rows >= window else { return Windowing.tooShort(table, window: window) }
            try ClusterCost.check(
                detector: ClusterDistance.descriptor.name, windows: table.rows - window + 1, features: window * width,
                k: k)
            let vectors = WindowVectors(
                scaler.scaled(table.cleanColumns().map(\.values)), window: window, standardising: standardising)
            do {
                let distances = try clusters.assignment(of: vectors).squaredDistance.map { $0.squareRoot() }
                let scores = Windowing.covering(distances, window: window, rows: table.rows)
                return DetectorOutput(scores: table.finished(scores), reach: window)
            } catch {
                throw .numerics(detector: ClusterDistance.descriptor.name, reason: error.description)
            }
        }
    }
}

/// What detectors that cluster have in common: their price and the scale of their windows.
enum ClusterCost {
    /// Windows times values a window times clusters: with 300 rounds about as long as the longest neighbour search.
    static let mostProducts = 4e9

    /// What windows are brought to before they are compared.
    enum Scaling: String, CaseIterable {
        /// Windows of one column are standardised one by one; rows and windows of several columns are not.
        case auto
        /// Each window has mean 0 and standard deviation 1.
        case window
        /// Each column has mean 0 and standard deviation 1.
        case column

        init(_ parameters: ParameterValues) throws(DetectorError) {
            guard let value = Scaling(rawValue: try parameters.choice("scaling")) else {
                throw .undeclaredParameter(detector: parameters.detector, name: "scaling")
            }
            self = value
        }
    }

    static let scalingParameter = ParameterDescriptor.choice(
        "scaling", default: Scaling.auto.rawValue, of: Scaling.allCases.map(\.rawValue),
        meaning: "bring each window or each column to mean 0 and deviation 1; auto takes windows for one column")

    /// - Throws: ``DetectorError/tooLarge(detector:reason:)``.
    static func check(detector: String, windows: Int, features: Int, k: Int) throws(DetectorError) {
        guard Double(windows) * Double(features) * Double(k) > mostProducts else { return }
        throw .tooLarge(
            detector: detector,
            reason:
                "\(windows) windows of \(features) values in \(k) clusters take too long; score it in parts, choose "
                + "a smaller window or k, or fewer columns")
    }
}
