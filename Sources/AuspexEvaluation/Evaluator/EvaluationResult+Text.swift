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
        var text = CSVText.row(["file", "detector", "rows", "window"] + metrics + ["seconds", "error"])
        for row in rows {
            let head = [row.file, row.detector, String(row.rows), String(row.window)]
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
            let empty = Array(repeating: "", count: metrics.count + 4)
            text += CSVText.row([file.file] + empty + ["skipped: \(file.reason)"])
        }
        return text
    }

    private var table: String {
        var text = ""
        if !rows.isEmpty {
            let header = ["FILE", "DETECTOR", "ROWS", "WINDOW"] + Self.shown.map(\.title) + ["SECONDS"]
            let lines = rows.map {
                [$0.file, $0.detector, String($0.rows), String($0.window)] + Self.cells($0.metrics, $0.seconds)
            }
            let right = Array(repeating: AlignedText.Side.right, count: header.count - 2)
            text += AlignedText.table([header] + lines, sides: [.left, .left] + right) + "\n"
            let titles = ["DETECTOR", "FILES", "FAILED"] + header[4...]
            let means = summary.map {
                [$0.detector, String($0.files), String($0.failed)] + Self.cells($0.metrics, $0.seconds)
            }
            let sides = Array(repeating: AlignedText.Side.right, count: titles.count - 1)
            text += "Means over files\n" + AlignedText.table([titles] + means, sides: [.left] + sides)
        }
        text += benchmark
        if !failures.isEmpty { text += "\nFailed\n" + failures.map { "  \($0)\n" }.joined() }
        if !skipped.isEmpty { text += "\nSkipped\n" + skipped.map { "  \($0.file): \($0.reason)\n" }.joined() }
        return text
    }

    /// The scores on the Numenta Anomaly Benchmark, if that was the suite.
    private var benchmark: String {
        let rows = summary.compactMap { one in
            one.nab.map { scores in
                [one.detector]
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

    /// Every failure once: a file that cannot be read fails for all detectors in the same words, which name it already.
    var failures: [String] {
        var seen: Set<String> = []
        return rows.compactMap { row in
            guard let error = row.error else { return nil }
            return error.hasPrefix(row.file) ? error : "\(row.file), \(row.detector): \(error)"
        }.filter { seen.insert($0).inserted }
    }

    private static func cells(_ metrics: DetectionMetrics?, _ seconds: Double?) -> [String] {
        let values = shown.map { metric in metrics.map { NumberText.fixed($0[metric], metricDigits) } ?? "–" }
        return values + [seconds.map { NumberText.fixed($0, secondDigits) } ?? "–"]
    }
}
