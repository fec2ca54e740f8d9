/// What an evaluation's report says before its pictures: the ranking, sets, which differences are certain, and every file.
struct EvaluationTables {
    static let digits = 3
    /// As many as fit beside the rest; JSON and CSV have all.
    static let shown: [DetectionMetric] = [
        .vusPR, .vusROC, .aucPR, .aucROC, .f1, .eventF1, .rangeF1, .affiliationF1,
    ]

    private let result: EvaluationResult
    private let summary: [EvaluationSummary]

    init(_ result: EvaluationResult) {
        self.result = result
        summary = result.summary
    }

    var html: String {
        var parts: [String] = []
        let ranking = RankingTables(result, summary: summary)
        let files = FileTables(result, summary: summary)
        if !result.rows.isEmpty { parts += ["<h2>Ranking</h2>", ranking.ranking] }
        parts += ranking.benchmark + ranking.bySet + ranking.criticalDifference + files.heatMap + files.metrics
        if !result.failures.isEmpty {
            let rows = result.failures.map { [HTMLTable.Cell(html: HTMLText.escaped($0), css: "error")] }
            let table = HTMLTable(
                caption: "These have no part in the means.", header: [.text("What went wrong")], rows: rows)
            parts += ["<h2>Failed</h2>", table.html]
        }
        if !result.skipped.isEmpty {
            let rows = result.skipped.map { [HTMLTable.Cell.file($0.file), .text($0.reason)] }
            let table = HTMLTable(
                caption: "Nothing to measure here.", header: [.text("File"), .text("Why")], rows: rows)
            parts += ["<h2>Skipped</h2>", table.html]
        }
        return parts.joined(separator: "\n")
    }

    /// A part that a reader may open and close.
    static func folded(_ title: String, isOpen: Bool, _ html: String) -> String {
        "<details\(isOpen ? " open" : "")>\n<summary>\(HTMLText.escaped(title))</summary>\n\(html)\n</details>"
    }

    /// A detector, marked where it is a baseline.
    static func name(_ one: EvaluationSummary) -> HTMLTable.Cell {
        var cell = HTMLTable.Cell.code(one.detector)
        if one.isBaseline { cell.html += " <span class=\"tag\">baseline</span>" }
        return cell
    }

    /// What a metric is called in the head of a column.
    static func title(_ metric: DetectionMetric) -> String {
        switch metric {
        case .f1: "best F1"
        case .eventF1: "event F1"
        case .rangeF1: "range F1"
        case .affiliationF1: "affiliation F1"
        default: metric.title
        }
    }
}
