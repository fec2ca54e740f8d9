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
                    + "\(Landmarks.fewest), for tables of more than \(Landmarks.fullCells) cells"),
            .choice(
                "causal", default: "no", of: ["no", "strict", "half-window"],
                meaning: "whether a row's score depends on the rows up to it alone (strict), or on those up to half a "
                    + "window, at most 125 rows, behind it (half-window)"),
        ],
        cost: "2·n·d·M·(136 + 4·period) flops for M landmarks (1,000,000 rows of period 288: 11 s)",
        memory: "190·n + 4·M·(128 + 2·period) bytes (1,000,000 rows: 230 MB with the file)",
        source: "multi-scale nearest neighbours over landmarks, with local density as in Breunig et al. 2000",
        minimumHistory: "two occurrences of each normal form; under 16 rows only distances from the median count")

    private let landmarks: Int?
    private let moment: CausalEnsemble.Moment?

    init(parameters: ParameterValues) throws(DetectorError) {
        landmarks = try parameters.optionalInteger("landmarks")
        moment =
            switch try parameters.choice("causal") {
            case "strict": .end
            case "half-window": .middle
            default: nil
            }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        return Model(columns: table.columns, landmarks: landmarks, moment: moment)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let landmarks: Int?
        let moment: CausalEnsemble.Moment?

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > 0 else { return DetectorOutput(scores: []) }
            guard let moment else { return try scoresOfWhole(table) }
            return try causalScores(table, moment)
        }

        private func scoresOfWhole(_ table: Table) throws(DetectorError) -> DetectorOutput {
            let measured = table.measuredFrom.compactMap { $0.row == nil ? nil : $0.column }
            let chosen = measured.isEmpty ? Array(0..<table.columns) : measured
            let landmarks = landmarks ?? Landmarks.count(rows: table.rows, columns: chosen.count)
            try Landmarks.check(landmarks, rows: table.rows, columns: chosen.count)
            var fusion = ColumnFusion(rows: table.rows)
            var attribution = Attribution(rows: table.rows)
            var reach = 1
            for column in chosen {
                let ensemble = ScaleEnsemble(CleanColumn(table.column(column)).values, landmarks: landmarks)
                fusion.add(ensemble.fused, from: 0)
                reach = max(reach, ensemble.reach)
                attribution.add(ensemble.contributions, of: column, in: table)
            }
            let fused = fusion.scores
            // The fused score is negative where a row is more ordinary than most.
            let least = fused.min() ?? 0
            return DetectorOutput(
                scores: table.finished(fused.map { $0 - least }), notes: notes(leftOut: table.columns - chosen.count),
                reach: reach, attribution: attribution)
        }

        private func notes(leftOut count: Int) -> [String] {
            count == 0 ? [] : ["\(count) column(s) with two values or fewer were left out"]
        }

        private func causalScores(
            _ table: Table, _ moment: CausalEnsemble.Moment
        ) throws(DetectorError) -> DetectorOutput {
            // Fewer for longer series would change the scores of rows that have theirs already.
            let landmarks = landmarks ?? Landmarks.most
            try Landmarks.check(landmarks, rows: table.rows, columns: table.columns)
            var fusion = ColumnFusion(rows: table.rows)
            var attribution = Attribution(rows: table.rows)
            var reach = 1
            var leftOut = 0
            for (column, row) in table.measuredFrom {
                guard let first = table.columns == 1 ? 0 : row else {
                    leftOut += 1
                    continue
                }
                let ensemble = CausalEnsemble(table.column(column), landmarks: landmarks, moment: moment)
                fusion.add(ensemble.fused, from: first)
                reach = max(reach, ensemble.reach)
                attribution.add(ensemble.contributions, of: column, in: table)
            }
            return DetectorOutput(
                scores: table.finished(fusion.scores), notes: notes(leftOut: leftOut), reach: reach,
                attribution: attribution)
        }
    }
}

extension Attribution {
    fileprivate mutating func add(
        _ contributions: [(name: String, values: [Double])], of column: Int, in table: Table
    ) {
        for (name, values) in contributions {
            add(table.columns == 1 ? name : "\(table.names[column]): \(name)", values)
        }
    }
}

extension Table {
    /// From which row on each column measures something, which is where it has its third value; nil for those that never
    /// do. A switch that is rarely thrown is strange whenever it is, which says nothing of the system.
    fileprivate var measuredFrom: [(column: Int, row: Int?)] {
        (0..<columns).map { column in
            var seen: Set<Double> = []
            for row in 0..<rows where !self[row, column].isNaN {
                seen.insert(self[row, column])
                if seen.count > 2 { return (column, row) }
            }
            return (column, nil)
        }
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
    private static let operationsPerSecond = 7e10
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
    /// How many columns speak from each row on: the difference to the row before.
    private var joining: [Int]

    init(rows: Int) {
        sum = [Double](repeating: 0, count: rows)
        most = [Double](repeating: -.infinity, count: rows)
        joining = [Int](repeating: 0, count: rows)
    }

    /// Adds a column that speaks from row `first` on.
    mutating func add(_ scores: [Double], from first: Int) {
        joining[first] += 1
        for row in first..<scores.count {
            sum[row] += scores[row]
            most[row] = max(most[row], scores[row])
        }
    }

    /// 0 where no column speaks.
    var scores: [Double] {
        var count = 0
        return sum.indices.map { row in
            count += joining[row]
            return count <= 1 ? sum[row] : sum[row] / Double(count) + Self.largestShare * most[row]
        }
    }
}
