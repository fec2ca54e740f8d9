import Foundation

/// How the result of an evaluation is written.
public enum EvaluationFormat: String, Hashable, Sendable, CaseIterable {
    /// Aligned columns for a person.
    case table
    /// One object with `results`, `summary` and `skipped`.
    case json
    /// One line a row; skipped files have no detector.
    case csv
}

extension EvaluationResult {
    /// The result as text, with a line feed at the end.
    public func text(_ format: EvaluationFormat) throws -> String {
        switch format {
        case .table: return table
        case .csv: return csv
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// As many as a line has room for: VUS-PR, which tolerates what is near, AUC-PR and F1, which do not, and two that
    /// look at whole events. JSON and CSV have all.
    private static let shown: [DetectionMetric] = [.vusPR, .aucPR, .f1, .eventF1, .affiliationF1]
    private static let metricDigits = 4
    private static let secondDigits = 3

    private var csv: String {
        let metrics = DetectionMetric.allCases.map(\.rawValue)
        var text = CSVText.row(
            ["file", "set", "detector", "baseline", "rows", "window"] + metrics + ["seconds", "error"])
        for row in rows {
            let head = [
                row.file, row.set, row.detector, String(row.isBaseline), String(row.rows), String(row.window),
            ]
            switch row.outcome {
            case .measured(let metrics, let seconds):
                let numbers = (DetectionMetric.allCases.map { metrics[$0] } + [seconds]).map {
                    NumberText.exact($0) ?? ""
                }
                text += CSVText.row(head + numbers + [""])
            case .failed(let error):
                text += CSVText.row(head + Array(repeating: "", count: metrics.count + 1) + [error])
            }
        }
        for file in skipped {
            let empty = Array(repeating: "", count: metrics.count + 6)
            text += CSVText.row([file.file] + empty + ["skipped: \(file.reason)"])
        }
        return text
    }

    private var table: String {
        var text = ""
        let asked = rows.filter { !$0.isBaseline }
        if !asked.isEmpty {
            let header = ["FILE", "DETECTOR", "ROWS", "WINDOW"] + Self.shown.map(\.title) + ["SECONDS"]
            let lines = asked.map {
                [$0.file, $0.detector, String($0.rows), String($0.window)] + Self.cells($0.metrics, $0.seconds)
            }
            let right = Array(repeating: AlignedText.Side.right, count: header.count - 2)
            text += AlignedText.table([header] + lines, sides: [.left, .left] + right) + "\n"
        }
        if !rows.isEmpty { text += means + bySet }
        text += benchmark
        if !failures.isEmpty { text += "\nFailed\n" + failures.map { "  \($0)\n" }.joined() }
        if !skipped.isEmpty { text += "\nSkipped\n" + skipped.map { "  \($0.file): \($0.reason)\n" }.joined() }
        return text
    }

    private var means: String {
        let titles = ["DETECTOR", "FILES", "FAILED", "ROWS"] + Self.shown.map(\.title) + ["SECONDS"]
        let lines = summary.map {
            [$0.title, String($0.files), String($0.failed), String($0.rows)]
                + Self.cells($0.metrics, $0.files > 0 ? $0.totalSeconds : nil)
        }
        let sides = Array(repeating: AlignedText.Side.right, count: titles.count - 1)
        return "Means over files; rows and seconds of all of them\n"
            + AlignedText.table([titles] + lines, sides: [.left] + sides)
    }

    /// VUS-PR by set, a detector a column; nothing where there is only one set.
    private var bySet: String {
        let sets = sets
        let summary = summary
        guard sets.count > 1 else { return "" }
        let cell = { (metrics: DetectionMetrics?) in
            metrics.map { NumberText.fixed($0.vusPR, Self.metricDigits) } ?? "–"
        }
        let lines = sets.map { set in
            let means = summary.map { one in set.summary.first { $0.detector == one.detector }?.metrics }
            return [set.name, String(set.summary.map(\.files).max() ?? 0)] + means.map(cell)
        }
        let last = ["mean of sets", ""] + summary.map { cell($0.meanOfSets) }
        let sides = Array(repeating: AlignedText.Side.right, count: summary.count + 1)
        return "\nVUS-PR by set\n"
            + AlignedText.table(
                [["SET", "FILES"] + summary.map(\.title)] + lines + [last], sides: [.left] + sides)
    }

    /// The scores on the Numenta Anomaly Benchmark, if that was the suite.
    private var benchmark: String {
        let rows = summary.compactMap { one in
            one.nab.map { scores in
                [one.title]
                    + [scores.standard, scores.lowFalsePositives, scores.lowFalseNegatives].map {
                        NumberText.fixed($0, 2)
                    }
            }
        }
        guard !rows.isEmpty else { return "" }
        let header = ["DETECTOR", "STANDARD", "LOW-FP", "LOW-FN"]
        return "\nNumenta Anomaly Benchmark\n"
            + AlignedText.table([header] + rows, sides: [.left, .right, .right, .right])
    }

    /// Every failure once: a file that cannot be read fails for all detectors in the same words, which may name it already.
    var failures: [String] {
        var seen: Set<String> = []
        return rows.compactMap { row in
            guard let error = row.error else { return nil }
            if error.hasPrefix(row.file) { return error }
            return row.rows == 0 ? "\(row.file): \(error)" : "\(row.file), \(row.detector): \(error)"
        }.filter { seen.insert($0).inserted }
    }

    private static func cells(_ metrics: DetectionMetrics?, _ seconds: Double?) -> [String] {
        let values = shown.map { metric in metrics.map { NumberText.fixed($0[metric], metricDigits) } ?? "–" }
        return values + [seconds.map { NumberText.fixed($0, secondDigits) } ?? "–"]
    }
}

extension EvaluationSummary {
    /// The detector as a table names it.
    var title: String { isBaseline ? "\(detector) (baseline)" : detector }
}
