import AuspexNumerics

/// The default: one configuration for spiky counts, periodic load, step-like gauges, and tables of them.
struct AutoDetector: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "auto",
        summary: "The default: windows of five scales against their nearest neighbours; says which scales spoke.",
        kind: .batch, family: "ensemble",
        parameters: [
            .integer(
                "landmarks", default: nil, in: 16...20_000,
                meaning: "with how many windows each one is compared; left alone \(Landmarks.most), and fewer, down to "
                    + "\(Landmarks.fewest), for tables of more than \(Landmarks.fullCells) cells")
        ],
        cost: "2·n·d·M·(136 + 4·period) flops for M landmarks", memory: "160·n + 4·M·(128 + 2·period) + 28·n bytes",
        source: "multi-scale nearest neighbours over landmarks, with local density as in Breunig et al. 2000",
        minimumHistory: "two occurrences of each normal form; under 16 rows only distances from the median count")

    private let landmarks: Int?

    init(parameters: ParameterValues) throws(DetectorError) {
        landmarks = try parameters.optionalInteger("landmarks")
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        return Model(columns: table.columns, landmarks: landmarks)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let landmarks: Int?

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > 0 else { return DetectorOutput(scores: []) }
            let measured = table.measuredColumns
            let landmarks = landmarks ?? Landmarks.count(rows: table.rows, columns: measured.count)
            try Landmarks.check(landmarks, rows: table.rows, columns: measured.count)
            var fusion = ColumnFusion(rows: table.rows)
            var attribution = Attribution(rows: table.rows)
            var reach = 1
            for column in measured {
                let scores = ScaleEnsemble(CleanColumn(table.column(column)).values, landmarks: landmarks)
                fusion.add(scores.fused)
                reach = max(reach, scores.reach)
                for (name, values) in scores.contributions {
                    attribution.add(table.columns == 1 ? name : "\(table.names[column]): \(name)", values)
                }
            }
            let fused = fusion.scores
            // The fused score is negative where a row is more ordinary than most.
            let least = fused.min() ?? 0
            return DetectorOutput(
                scores: table.finished(fused.map { $0 - least }), notes: notes(table, measured), reach: reach,
                attribution: attribution)
        }

        private func notes(_ table: Table, _ measured: [Int]) -> [String] {
            let left = table.columns - measured.count
            return left == 0 ? [] : ["\(left) column(s) with two values or fewer were left out"]
        }
    }
}

extension Table {
    /// The columns that measure something: those with more than two different values. A switch that is rarely thrown is
    /// strange whenever it is, which says nothing of the system; beside measurements it is left out. All columns, when none
    /// is left.
    fileprivate var measuredColumns: [Int] {
        let measured = (0..<columns).filter { column in
            var seen: Set<Double> = []
            for row in 0..<rows where !self[row, column].isNaN {
                seen.insert(self[row, column])
                if seen.count > 2 { return true }
            }
            return false
        }
        return measured.isEmpty ? Array(0..<columns) : measured
    }
}

/// With how many windows each window is compared.
private enum Landmarks {
    /// More of them find nothing more.
    static let most = 2_000
    static let fewest = 250
    /// Up to so many cells of a table the most are used.
    static let fullCells = 200_000
    /// More operations take about half an hour.
    static let mostOperations = 1e14
    /// Operations a second, by our measurement.
    private static let operationsPerSecond = 4e10
    /// The widest windows of all five members together: those of the longest period that is looked for.
    private static let mostLengths = 136 + 4 * Double(Autocorrelation.longestPeriod)

    static func count(rows: Int, columns: Int) -> Int {
        let cells = max(Double(rows) * Double(columns), 1)
        return min(max(Int(Double(most) * Double(fullCells) / cells), fewest), most)
    }

    /// - Throws: ``DetectorError/tooLarge(detector:reason:)``.
    static func check(_ landmarks: Int, rows: Int, columns: Int) throws(DetectorError) {
        let operations = 2 * Double(rows) * Double(columns) * Double(min(landmarks, rows)) * mostLengths
        guard operations > mostOperations else { return }
        throw .tooLarge(
            detector: AutoDetector.descriptor.name,
            reason: "\(rows) rows of \(columns) column(s) against \(landmarks) landmarks take up to "
                + "\(Int(operations / operationsPerSecond / 60)) minutes; score it in parts, choose fewer columns"
                + (landmarks > fewest ? ", or set landmarks to \(fewest)" : ""))
    }
}

/// What the columns of a table say of each row, fused: their mean, and a share of the largest.
private struct ColumnFusion {
    /// What the strangest column counts beside the mean of all. Chosen on public tables of telemetry and servers.
    private static let largestShare = 0.1

    private var sum: [Double]
    private var most: [Double]
    private var columns = 0

    init(rows: Int) {
        sum = [Double](repeating: 0, count: rows)
        most = [Double](repeating: -.infinity, count: rows)
    }

    mutating func add(_ scores: [Double]) {
        columns += 1
        for row in scores.indices {
            sum[row] += scores[row]
            most[row] = max(most[row], scores[row])
        }
    }

    var scores: [Double] {
        guard columns > 1 else { return sum }
        return zip(sum, most).map { $0 / Double(columns) + Self.largestShare * $1 }
    }
}
