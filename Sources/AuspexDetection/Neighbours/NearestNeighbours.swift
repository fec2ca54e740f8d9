import AuspexNumerics

/// Distance of each window to its k-th nearest neighbour among all windows, itself included.
///
/// Windows are raw unless told otherwise: neither centred nor scaled one by one, since in operations the amplitude is the
/// signal. Of several columns the windows are put end to end; raw columns of larger units weigh more, which
/// `scaling=column` prevents.
struct NearestNeighbours: BatchDetector {
    /// The most floating-point operations of one search: 800,000 rows of one column against themselves. Some four minutes
    /// at k = 1 and five at k = 50.
    static let mostOperations = 4.48e12
    /// Operations a second, by our measurement at k = 1.
    static let operationsPerSecond = 2e10

    static let descriptor = DetectorDescriptor(
        name: "knn",
        summary: "Distance of a window to its k-th nearest one; finds shapes that occur fewer than k times.",
        kind: .batch, family: "neighbours",
        parameters: [
            .integer(
                "k", default: 50, in: 1...10_000,
                meaning: "which neighbour's distance counts, the window itself being the first; at most n − w windows"),
            Windowing.parameter,
            .choice(
                "scaling", default: Scaling.none.rawValue, of: Scaling.allCases.map(\.rawValue),
                meaning: "bring each column, or each window in each column, to mean 0 and deviation 1 before distances"),
            ReferenceRows.parameter(default: .all),
        ],
        cost: "n²·(4·d + 3) flops, whatever the window (10,000 rows: 0.05 s at k = 1, 0.1 s at k = 50); "
            + "n²·(2·w·d + 3) with scaling=window",
        memory: "56·n·d bytes + 2.3 KB a unit of k; 9 KB of it, at most 32 MB, and 8 KB·w·d with scaling=window; "
            + "never n×n",
        source: "Ramaswamy et al. 2000; on windows Yeh et al. 2016, whose sliding inner products these are",
        minimumHistory: "k windows of each normal shape, else normal ones score, too")

    /// What windows are brought to before they are compared.
    enum Scaling: String, CaseIterable {
        /// Nothing: heights count, and columns of larger units weigh more.
        case none
        /// Each column has mean 0 and standard deviation 1.
        case column
        /// Each window has mean 0 and standard deviation 1 in each column: forms count, and heights don't.
        case window
    }

    private let k: Int
    private let window: Int?
    private let scaling: Scaling
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        k = try parameters.integer("k")
        window = try parameters.optionalInteger("window")
        guard let scaling = Scaling(rawValue: try parameters.choice("scaling")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "scaling")
        }
        self.scaling = scaling
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let columns = table.cleanColumns()
        let window = Windowing.length(window, columns: columns)
        let learned = columns.map { Array($0.values[rows]) }
        // A window of one row has no form.
        if scaling == .window, window > 1 {
            return FormModel(k: k, window: window, scaler: ColumnScaler(learned), learned: learned)
        }
        let scaler = scaling == .none ? nil : ColumnScaler(learned)
        return Model(k: k, window: window, scaler: scaler, frame: CommonFrame(scaler?.scaled(learned) ?? learned))
    }

    /// - Parameter operationsPerPair: flops for two windows; with sliding products 3, and 4 a column.
    /// - Throws: ``DetectorError/tooLarge(detector:reason:)`` when comparing so many windows takes too long.
    static func checkCost(
        detector: String, queries: Int, references: Int, columns: Int, operationsPerPair: Double? = nil
    ) throws(DetectorError) {
        let operations =
            Double(queries) * Double(references) * (operationsPerPair ?? Double(4 * columns + 3))
        guard operations > mostOperations else { return }
        let minutes = Int((operations / operationsPerSecond / 60).rounded(.up))
        throw .tooLarge(
            detector: detector,
            reason: "\(queries) windows against \(references) in \(columns) column(s) take \(minutes) minutes or more; "
                + "score it in parts, choose fewer columns, or learn from fewer rows with reference=training")
    }

    private struct Model: DetectorModel {
        let k: Int
        let window: Int
        /// Nil when columns stay as they are.
        let scaler: ColumnScaler?
        let frame: CommonFrame

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(frame.columns.count)
            let known = frame.columns[0].count - window + 1
            guard known > 1, table.rows >= window else { return Windowing.tooShort(table, window: window) }
            try NearestNeighbours.checkCost(
                detector: NearestNeighbours.descriptor.name, queries: table.rows - window + 1, references: known,
                columns: table.columns)
            let raw = table.cleanColumns().map(\.values)
            let queries = scaler?.scaled(raw) ?? raw
            let search = NeighbourSearch(
                references: frame.columns, queries: zip(queries, frame.centres).map(frame.moved), window: window,
                k: min(k, known - 1))
            let distances = search.kthSquaredDistances().map { $0.squareRoot() * frame.unit }
            return DetectorOutput(
                scores: table.finished(Windowing.padded(distances, window: window, rows: table.rows)), reach: window)
        }
    }
}

/// Compares forms: each window has mean 0 and standard deviation 1 in each column.
private struct FormModel: DetectorModel {
    let k: Int
    let window: Int
    let scaler: ColumnScaler
    let learned: [[Double]]

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        try table.checkWidth(learned.count)
        let known = learned[0].count - window + 1
        guard known > 1, table.rows >= window else { return Windowing.tooShort(table, window: window) }
        try NearestNeighbours.checkCost(
            detector: NearestNeighbours.descriptor.name, queries: table.rows - window + 1, references: known,
            columns: table.columns, operationsPerPair: Double(2 * window * table.columns + 3))
        let raw = table.cleanColumns().map(\.values)
        let search = FormSearch(
            references: WindowVectors(scaler.scaled(learned), window: window, standardising: true),
            queries: WindowVectors(scaler.scaled(raw), window: window, standardising: true), k: min(k, known - 1))
        do {
            let distances = try search.kthDistances()
            return DetectorOutput(
                scores: table.finished(Windowing.padded(distances, window: window, rows: table.rows)), reach: window)
        } catch {
            throw .numerics(detector: NearestNeighbours.descriptor.name, reason: error.description)
        }
    }
}

/// Columns moved to their medians and divided by one common unit, so that inner products neither cancel nor overflow.
/// Distances between rows are the old ones divided by the unit.
struct CommonFrame: Sendable {
    let centres: [Double]
    let unit: Double
    let columns: [[Double]]

    init(_ raw: [[Double]]) {
        let centres = raw.map { OrderStatistics.median($0) ?? 0 }
        let largest = zip(raw, centres).reduce(0.0) { most, pair in
            pair.0.reduce(most) { max($0, abs($1 - pair.1)) }
        }
        let unit = largest > 0 ? largest : 1
        self.centres = centres
        self.unit = unit
        columns = zip(raw, centres).map { values, centre in values.map { ($0 - centre) / unit } }
    }

    func moved(_ values: [Double], to centre: Double) -> [Double] {
        values.map { ($0 - centre) / unit }
    }
}
