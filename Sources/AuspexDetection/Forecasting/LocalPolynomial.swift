import AuspexNumerics

/// How badly a polynomial through its surroundings predicts a block of rows; of several columns the largest.
///
/// Each block of w rows is left out while a polynomial is fitted to the 10·w rows around it. The block's score is the root
/// mean square of what the polynomial misses, in shares of the column's range. By Parseval's identity this is the distance
/// of the spectra, by which the benchmark defines it. A block begins in every row, and a row's score is the mean over the
/// blocks that hold it; with `blocks=apart`, as in the benchmark, a block begins where the last one ended, and its score is
/// that of all of its rows.
struct LocalPolynomial: BatchDetector {
    /// More operations than this take some minutes.
    static let mostOperations = 5e11

    static let descriptor = DetectorDescriptor(
        name: "poly",
        summary: "Error of a polynomial that is fitted around a block of rows; finds blocks that break the trend.",
        kind: .batch, family: "forecasting",
        parameters: [
            Windowing.parameter,
            .integer("degree", default: 4, in: 0...10, meaning: "degree of the polynomial"),
            .choice(
                "blocks", default: Layout.overlapping.rawValue, of: Layout.allCases.map(\.rawValue),
                meaning: "a block begins in every row, or where the last one ended, as in the TSB-AD benchmark"),
        ],
        cost: "20·(n·w + 50·w²)·d·(degree + 1) flops, a w-th of it apart; at most 5·10¹¹",
        memory: "24·n·d + 300·w·(degree + 1) bytes",
        source: "Li et al. 2007; the form of the TSB-AD benchmark (Liu and Paparrizos 2024)",
        minimumHistory: "10 windows' length; apart, the first tenth of the rows, at most 500, scores 0")

    /// Where blocks begin.
    enum Layout: String, CaseIterable {
        case overlapping
        case apart
    }

    private let window: Int?
    private let degree: Int
    private let layout: Layout

    init(parameters: ParameterValues) throws(DetectorError) {
        window = try parameters.optionalInteger("window")
        degree = try parameters.integer("degree")
        guard let layout = Layout(rawValue: try parameters.choice("blocks")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "blocks")
        }
        self.layout = layout
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        let length = Windowing.length(window, columns: table.cleanColumns())
        return Model(columns: table.columns, window: length, degree: degree, layout: layout)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let window: Int
        let degree: Int
        let layout: Layout

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > window else { return Windowing.tooShort(table, window: window) }
            let blocks = PolynomialBlocks(window: window, degree: degree, rows: table.rows)
            try check(blocks, rows: table.rows)
            var scores = [Double](repeating: 0, count: table.rows)
            for column in table.cleanColumns() {
                let (least, most) = (column.values.min() ?? 0, column.values.max() ?? 0)
                guard most > least else { continue }
                let scaled = column.values.map { ($0 - least) / (most - least) }
                do {
                    let found =
                        switch layout {
                        case .overlapping: try blocks.overlappingScores(scaled)
                        case .apart: try blocks.scores(scaled)
                        }
                    for (row, score) in found.enumerated() { scores[row] = max(scores[row], score) }
                } catch {
                    throw .numerics(detector: LocalPolynomial.descriptor.name, reason: error.description)
                }
            }
            return DetectorOutput(scores: table.finished(scores), reach: window)
        }

        private func check(_ blocks: PolynomialBlocks, rows: Int) throws(DetectorError) {
            guard layout == .overlapping else { return }
            let operations = blocks.overlappingOperations * Double(columns)
            guard operations > LocalPolynomial.mostOperations else { return }
            throw .tooLarge(
                detector: LocalPolynomial.descriptor.name,
                reason: "a block of \(window) rows for each of \(rows) rows by \(columns) columns takes many minutes; "
                    + "choose blocks=apart, a smaller window or fewer columns")
        }
    }
}
