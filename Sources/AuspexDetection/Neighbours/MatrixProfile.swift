import AuspexNumerics

/// Distance of each standardised window to its nearest other one: what has a form of its own, whatever its height.
///
/// The window itself and those that overlap it by more than three quarters are no neighbours. Windows with a missing value
/// take no part. Of several columns each is searched by itself, and the largest distance counts.
struct MatrixProfile: BatchDetector {
    /// Pairs of windows of one search: 630,000 rows of one column. Some two minutes.
    static let mostPairs = 4e11
    /// Under three values every window looks the same once it is standardised.
    static let shortestWindow = 3

    static let descriptor = DetectorDescriptor(
        name: "matrixprofile",
        summary: "Distance of a window's form to the most similar other one; finds forms that occur once.",
        kind: .batch, family: "neighbours",
        parameters: [
            .integer(
                "window", default: nil, in: shortestWindow...10_000,
                meaning: "rows a window has; left alone it is the period of the first column, at most a quarter of the "
                    + "rows"),
            .choice(
                "neighbours", default: Neighbours.both.rawValue, of: Neighbours.allCases.map(\.rawValue),
                meaning: "search before and behind, or only before a window (left): then a row's score depends on "
                    + "nothing after it and stands at the window's last row"),
        ],
        cost: "5·n²·d flops, whatever the window (20,000 rows: 0.1 s); n²·d at most 4·10¹¹",
        memory: "120·n bytes; never n×n",
        source: "Yeh et al. 2016; Zhu et al. 2016 (STOMP), with the sums of Zimmerman et al. 2019 (SCAMP); "
            + "constant and missing windows as in stumpy (Law 2019)",
        minimumHistory: "two occurrences of each normal form")

    /// Where a window's neighbours may lie.
    enum Neighbours: String, CaseIterable {
        case both
        case left
    }

    private let window: Int?
    private let neighbours: Neighbours

    init(parameters: ParameterValues) throws(DetectorError) {
        window = try parameters.optionalInteger("window")
        guard let neighbours = Neighbours(rawValue: try parameters.choice("neighbours")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "neighbours")
        }
        self.neighbours = neighbours
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        let length = max(Windowing.length(window, columns: table.cleanColumns()), Self.shortestWindow)
        return Model(columns: table.columns, window: length, leftOnly: neighbours == .left)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let window: Int
        let leftOnly: Bool

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > window else { return Windowing.tooShort(table, window: window) }
            let count = table.rows - window + 1
            guard Double(count) * Double(count) * Double(columns) <= MatrixProfile.mostPairs else {
                let most = Int((MatrixProfile.mostPairs / Double(columns)).squareRoot()) + window - 1
                throw .tooLarge(
                    detector: MatrixProfile.descriptor.name,
                    reason: "\(count) windows in \(columns) column(s) take too long to compare; score it in parts of "
                        + "\(most) rows, or choose fewer columns")
            }
            var scores = [Double](repeating: 0, count: count)
            var unseen = 0
            for column in 0..<columns {
                let raw = table.column(column)
                let search = ProfileSearch(raw, window: window, leftOnly: leftOnly)
                unseen = max(unseen, search.missing)
                for (index, distance) in search.distances().enumerated() {
                    scores[index] = max(scores[index], distance ?? 0)
                }
            }
            let rows =
                leftOnly
                ? [Double](repeating: 0, count: window - 1) + scores
                : Windowing.padded(scores, window: window, rows: table.rows)
            return DetectorOutput(
                scores: table.finished(rows),
                notes: unseen > 0 ? ["\(unseen) of \(count) windows have a missing value and score 0"] : [],
                reach: window)
        }
    }
}
