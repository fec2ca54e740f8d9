import AuspexNumerics

/// How much thinner the surroundings of a window are than those of its neighbours: about 1 for ordinary windows.
///
/// Windows are raw and, of several columns, put end to end, as for `knn`; with `window=1` they are rows.
struct LocalOutlierFactor: BatchDetector {
    /// Neighbours of all windows that are kept: 12 bytes each.
    static let mostNeighbours = 100_000_000
    /// Added to mean distances, in shares of the largest value, so that repeated windows have a density. As in scikit-learn.
    static let smallestDistance = 1e-10

    static let descriptor = DetectorDescriptor(
        name: "lof",
        summary: "Density around a window against that around its neighbours; finds shapes strange for their kind.",
        kind: .batch, family: "neighbours",
        parameters: [
            .integer("k", default: 20, in: 1...10_000, meaning: "how many neighbours count; at most n − w"),
            Windowing.parameter,
            ReferenceRows.parameter(default: .all),
        ],
        cost: "n²·(4·d + 3) + 3·n·k·w·d flops; twice as much when learned from some of the rows",
        memory: "12·n·k + 56·n·d bytes + 2.3 KB a unit of k; n·k at most 10⁸",
        source: "Breunig et al. 2000, with exactly k neighbours as in scikit-learn",
        minimumHistory: "more than k windows of each normal shape, else normal ones score, too")

    private let k: Int
    private let window: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        k = try parameters.integer("k")
        window = try parameters.optionalInteger("window")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let columns = table.cleanColumns()
        return Model(
            k: k, window: Windowing.length(window, columns: columns), fitted: table, rows: rows,
            frame: CommonFrame(columns.map { Array($0.values[rows]) }))
    }

    private struct Model: DetectorModel {
        let k: Int
        let window: Int
        let fitted: Table
        let rows: Range<Int>
        let frame: CommonFrame

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(frame.columns.count)
            let known = rows.count - window + 1
            guard known > 1, table.rows >= window else { return Windowing.tooShort(table, window: window) }
            let k = min(k, known - 1)
            let count = table.rows - window + 1
            try check(windows: max(count, known), k: k)
            guard frame.columns.contains(where: { $0.contains { $0 != 0 } }) else {
                return DetectorOutput(
                    scores: [Double](repeating: 0, count: table.rows),
                    notes: ["nothing varies in the rows to learn from; all scores are 0"], reach: window)
            }
            let isFitted = table == fitted
            let learned = lists(frame.columns, k: k, selfOffset: 0)
            let densities = learned.densities(reach: learned.distances(k: k))
            let queries =
                isFitted && known == count
                ? learned
                : lists(
                    zip(table.cleanColumns(), frame.centres).map { frame.moved($0.values, to: $1) }, k: k,
                    selfOffset: isFitted ? rows.lowerBound : nil)
            let factors = queries.factors(densities: densities, reach: learned.distances(k: k))
            return DetectorOutput(
                scores: table.finished(Windowing.padded(factors, window: window, rows: table.rows)), reach: window)
        }

        private func check(windows: Int, k: Int) throws(DetectorError) {
            guard windows * k <= LocalOutlierFactor.mostNeighbours else {
                throw .tooLarge(
                    detector: LocalOutlierFactor.descriptor.name,
                    reason: "\(windows) windows have \(windows * k) neighbours; at most "
                        + "\(LocalOutlierFactor.mostNeighbours) are kept: set k to "
                        + "\(LocalOutlierFactor.mostNeighbours / windows) or less")
            }
            try NearestNeighbours.checkCost(
                detector: LocalOutlierFactor.descriptor.name, queries: windows, references: rows.count - window + 1,
                columns: frame.columns.count)
        }

        /// The k nearest learned windows of each query. A query that is a learned window, `selfOffset` rows earlier, is not
        /// its own neighbour.
        private func lists(_ queries: [[Double]], k: Int, selfOffset: Int?) -> NeighbourTable {
            let search = NeighbourSearch(
                references: frame.columns, queries: queries, window: window, k: selfOffset == nil ? k : k + 1)
            var table = NeighbourTable(k: k)
            search.forEachQuery { row, neighbours in
                let others = selfOffset.map { offset in neighbours.filter { $0.index != row - offset } } ?? neighbours
                table.append(others.prefix(k))
            }
            return table
        }
    }
}

/// The k nearest learned windows of many windows, in two flat arrays.
private struct NeighbourTable {
    let k: Int
    private var indices: [Int32] = []
    private var distances: [Double] = []

    init(k: Int) { self.k = k }

    mutating func append(_ neighbours: ArraySlice<NeighbourSearch.Neighbour>) {
        for neighbour in neighbours {
            indices.append(Int32(neighbour.index))
            distances.append(neighbour.squaredDistance.squareRoot())
        }
    }

    /// The distance of each window to its farthest neighbour.
    func distances(k: Int) -> [Double] { stride(from: k - 1, to: distances.count, by: k).map { distances[$0] } }

    /// One over the mean reachability distance of each window: its neighbours' distances, none less than the neighbour's
    /// own `reach`.
    func densities(reach: [Double]) -> [Double] {
        stride(from: 0, to: indices.count, by: k).map { start in
            let sum = (start..<start + k).reduce(0.0) { $0 + max(distances[$1], reach[Int(indices[$1])]) }
            return 1 / (sum / Double(k) + LocalOutlierFactor.smallestDistance)
        }
    }

    /// The mean density of each window's neighbours over its own.
    func factors(densities: [Double], reach: [Double]) -> [Double] {
        self.densities(reach: reach).enumerated().map { row, own in
            (row * k..<(row + 1) * k).reduce(0.0) { $0 + densities[Int(indices[$1])] } / Double(k) / own
        }
    }
}
