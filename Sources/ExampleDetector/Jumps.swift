import Auspex

/// Scores each row by its step from the row before it, in usual steps.
struct Jumps: BatchDetector, DetectorModel {
    static let descriptor = DetectorDescriptor(
        name: "jumps", summary: "Steps from one row to the next, in medians of all steps.", kind: .batch,
        family: "example", cost: "O(n·d·log n)", memory: "16·n bytes", source: "this article", minimumHistory: "3 rows")

    private var columns = 0

    init(parameters: ParameterValues) {}

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        var model = self
        model.columns = table.columns
        return model
    }

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        guard table.columns == columns else { throw .widthMismatch(fitted: columns, given: table.columns) }
        var scores = [Double](repeating: 0, count: table.rows)
        for column in (0..<table.columns).map(table.column) {
            let steps = zip(column.dropFirst(), column).map { abs($0 / 2 - $1 / 2) }
            let usual = steps.filter { $0 > 0 }.sorted()
            guard !usual.isEmpty else { continue }
            for (row, step) in steps.enumerated() where step > 0 {
                scores[row + 1] = max(scores[row + 1], min(step / usual[usual.count / 2], .greatestFiniteMagnitude))
            }
        }
        return DetectorOutput(scores: scores)
    }
}
