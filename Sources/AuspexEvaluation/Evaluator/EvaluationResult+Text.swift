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

    private static let metricDigits = 4
    private static let secondDigits = 3

    private var csv: String {
        var text = CSVText.row([
            "file", "detector", "rows", "window", "vus_pr", "vus_roc", "auc_pr", "auc_roc", "f1", "seconds", "error",
        ])
        for row in rows {
            let head = [row.file, row.detector, String(row.rows), String(row.window)]
            switch row.outcome {
            case .measured(let metrics, let seconds):
                let numbers = (metrics.values + [seconds]).map { NumberText.exact($0) ?? "" }
                text += CSVText.row(head + numbers + [""])
            case .failed(let error):
                text += CSVText.row(head + Array(repeating: "", count: 6) + [error])
            }
        }
        for file in skipped {
            text += CSVText.row([file.file] + Array(repeating: "", count: 9) + ["skipped: \(file.reason)"])
        }
        return text
    }

    private var table: String {
        var text = ""
        if !rows.isEmpty {
            let header = [
                "FILE", "DETECTOR", "ROWS", "WINDOW", "VUS-PR", "VUS-ROC", "AUC-PR", "AUC-ROC", "F1", "SECONDS",
            ]
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
        let values = metrics?.values.map { NumberText.fixed($0, metricDigits) } ?? Array(repeating: "–", count: 5)
        return values + [seconds.map { NumberText.fixed($0, secondDigits) } ?? "–"]
    }
}

extension DetectionMetrics {
    /// The metrics in the order in which they are written everywhere.
    fileprivate var values: [Double] { [vusPR, vusROC, aucPR, aucROC, f1] }
}

private enum Key: String, CodingKey {
    case results
    case summary
    case skipped
    case file
    case detector
    case rows
    case window
    case files
    case failed
    case vusPR = "vus_pr"
    case vusROC = "vus_roc"
    case aucPR = "auc_pr"
    case aucROC = "auc_roc"
    case f1
    case seconds
    case error
    case nabStandard = "nab_standard"
    case nabLowFP = "nab_low_fp"
    case nabLowFN = "nab_low_fn"
}

extension EvaluationResult: Encodable {
    /// Writes `{"results":[…],"summary":[…],"skipped":[…]}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rows, forKey: .results)
        try container.encode(summary, forKey: .summary)
        try container.encode(skipped, forKey: .skipped)
    }
}

extension EvaluationRow: Encodable {
    /// Writes file, detector, rows, window, the metrics and seconds; where it failed, these are null and `error` says why.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(file, forKey: .file)
        try container.encode(detector, forKey: .detector)
        try container.encode(rows, forKey: .rows)
        try container.encode(window, forKey: .window)
        try container.encode(metrics, seconds: seconds)
        try container.encodeIfPresent(error, forKey: .error)
    }
}

extension EvaluationSummary: Encodable {
    /// Writes detector, the number of files, and the means, null where there are none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(detector, forKey: .detector)
        try container.encode(files, forKey: .files)
        try container.encode(failed, forKey: .failed)
        try container.encode(metrics, seconds: seconds)
        try container.encodeIfPresent(nab?.standard, forKey: .nabStandard)
        try container.encodeIfPresent(nab?.lowFalsePositives, forKey: .nabLowFP)
        try container.encodeIfPresent(nab?.lowFalseNegatives, forKey: .nabLowFN)
    }
}

extension KeyedEncodingContainer<Key> {
    fileprivate mutating func encode(_ metrics: DetectionMetrics?, seconds: Double?) throws {
        try encode(metrics?.vusPR, forKey: .vusPR)
        try encode(metrics?.vusROC, forKey: .vusROC)
        try encode(metrics?.aucPR, forKey: .aucPR)
        try encode(metrics?.aucROC, forKey: .aucROC)
        try encode(metrics?.f1, forKey: .f1)
        try encode(seconds, forKey: .seconds)
    }
}
