import Foundation

/// The tables at the top of an evaluation's report.
struct EvaluationTables {
    private static let digits = 3

    private let result: EvaluationResult

    init(_ result: EvaluationResult) {
        self.result = result
    }

    var html: String {
        var parts: [String] = []
        if !result.rows.isEmpty { parts += ["<h2>Detectors</h2>", summary] }
        parts += benchmark
        let measured = result.rows.filter { $0.metrics != nil && !$0.isBaseline }
        if !measured.isEmpty { parts += ["<h2>Files</h2>", files(measured)] }
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

    private static var metricHeader: [HTMLTable.Cell] {
        ["VUS-PR", "VUS-ROC", "AUC-PR", "AUC-ROC", "best F1", "seconds"].map { .number($0) }
    }

    private var summary: String {
        let summary = result.summary
        let best = summary.compactMap { $0.metrics?.vusPR }.max()
        let rows = summary.map { one in
            [.code(one.detector), .number(String(one.files)), .number(String(one.failed))]
                + Self.cells(one.metrics, one.seconds, isBest: summary.count > 1 && one.metrics?.vusPR == best)
        }
        return HTMLTable(
            caption: "Means over the files that were measured; the best VUS-PR is bold.",
            header: [.text("Detector"), .number("files"), .number("failed")] + Self.metricHeader, rows: rows
        ).html
    }

    /// The scores on the Numenta Anomaly Benchmark, if that was the suite.
    private var benchmark: [String] {
        let rows = result.summary.compactMap { one in
            one.nab.map { scores -> [HTMLTable.Cell] in
                let numbers = [scores.standard, scores.lowFalsePositives, scores.lowFalseNegatives]
                return [.code(one.detector)] + numbers.map { .number(NumberText.fixed($0, 2)) }
            }
        }
        guard !rows.isEmpty else { return [] }
        let table = HTMLTable(
            caption: "100 is perfection, 0 is silence; each profile with its best threshold.",
            header: [.text("Detector"), .number("standard"), .number("low FP"), .number("low FN")], rows: rows)
        return ["<h2>Numenta Anomaly Benchmark</h2>", table.html]
    }

    private func files(_ measured: [EvaluationRow]) -> String {
        let folder = Self.commonFolder(measured.map(\.file))
        let isContest = Set(measured.map(\.detector)).count > 1
        var byFile: [String: [EvaluationRow]] = [:]
        for row in measured { byFile[row.file, default: []].append(row) }
        var last: String?
        let rows = measured.map { row in
            let group = byFile[row.file] ?? []
            let best = group.compactMap { $0.metrics?.vusPR }.max()
            var cells: [HTMLTable.Cell] = []
            if row.file != last {
                var name = HTMLTable.Cell.file(String(row.file.dropFirst(folder.count)))
                name.rowSpan = group.count
                cells = [name]
            }
            last = row.file
            cells += [.code(row.detector), .number(String(row.rows)), .number(String(row.window))]
            return cells + Self.cells(row.metrics, row.seconds, isBest: isContest && row.metrics?.vusPR == best)
        }
        let caption =
            (folder.isEmpty ? "" : "In \(folder). ")
            + "Window is the widest tolerance around a label, in rows: the period of the series."
        return HTMLTable(
            caption: caption,
            header: [.text("File"), .text("Detector"), .number("rows"), .number("window")] + Self.metricHeader,
            rows: rows
        ).html
    }

    /// The folder that all paths begin with, with its last slash; empty when there is none.
    private static func commonFolder(_ paths: [String]) -> String {
        guard var common = paths.first?[...] else { return "" }
        for path in paths { common = Substring(common.commonPrefix(with: path)) }
        return common.lastIndex(of: "/").map { String(common[...$0]) } ?? ""
    }

    private static func cells(_ metrics: DetectionMetrics?, _ seconds: Double?, isBest: Bool) -> [HTMLTable.Cell] {
        let values = [metrics?.vusPR, metrics?.vusROC, metrics?.aucPR, metrics?.aucROC, metrics?.f1, seconds]
        var cells = values.map { HTMLTable.Cell.number($0.map { NumberText.fixed($0, digits) }) }
        if isBest { cells[0].css = "best" }
        return cells
    }
}
