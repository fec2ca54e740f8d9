import Foundation

/// How each detector did on each file.
struct FileTables {
    /// A heat map of more files than these is folded at first.
    private static let openFiles = 60

    private let result: EvaluationResult
    private let summary: [EvaluationSummary]

    init(_ result: EvaluationResult, summary: [EvaluationSummary]) {
        self.result = result
        self.summary = summary
    }

    /// VUS-PR of each file and detector, as a number on a ground that is the darker the higher it is.
    var heatMap: [String] {
        let files = MeasuredFile.all(in: result)
        guard !files.isEmpty else { return [] }
        let folder = Self.commonFolder(files.map(\.name))
        let hasSets = Set(files.map(\.set)).count > 1
        var rows: [[HTMLTable.Cell]] = []
        var last: String?
        for file in files {
            if hasSets, file.set != last {
                var head = HTMLTable.Cell.text(file.set)
                head.css = "text set"
                head.columnSpan = summary.count + 1
                rows.append([head])
            }
            last = file.set
            let best = file.metrics.values.map(\.vusPR).max()
            rows.append(
                [.file(String(file.name.dropFirst(folder.count)))]
                    + summary.map { one in
                        guard let metrics = file.metrics[one.detector] else { return .number(nil) }
                        var cell = HTMLTable.Cell.number(NumberText.fixed(metrics.vusPR, 2))
                        let step = Int((min(max(metrics.vusPR, 0), 1) * 10).rounded())
                        cell.css = "heat h\(step)" + (summary.count > 1 && metrics.vusPR == best ? " best" : "")
                        cell.title =
                            "\(one.detector): VUS-PR \(NumberText.fixed(metrics.vusPR, 3)), "
                            + "AUC-PR \(NumberText.fixed(metrics.aucPR, 3)), F1 \(NumberText.fixed(metrics.f1, 3))"
                        return cell
                    })
        }
        let table = HTMLTable(
            caption: (folder.isEmpty ? "" : "In \(folder). ") + "VUS-PR; the best of each file is bold.",
            header: [.text("File")] + summary.map { HTMLTable.Cell(html: EvaluationTables.name($0).html) }, rows: rows)
        let title = "VUS-PR by file and detector, \(files.count) file\(files.count == 1 ? "" : "s")"
        return ["<h2>Files</h2>", EvaluationTables.folded(title, isOpen: files.count <= Self.openFiles, table.html)]
    }

    /// Every metric shown, by file and detector; nothing where none was measured.
    var metrics: [String] {
        let measured = result.rows.filter { $0.metrics != nil && !$0.isBaseline }
        guard !measured.isEmpty else { return [] }
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
            let metrics = EvaluationTables.shown.map { metric in
                HTMLTable.Cell.number(row.metrics.map { NumberText.fixed($0[metric], EvaluationTables.digits) })
            }
            let first = cells.count
            cells += metrics + [.number(row.seconds.map { NumberText.fixed($0, EvaluationTables.digits) })]
            if isContest, row.metrics?.vusPR == best { cells[first].css = "best" }
            return cells
        }
        let caption =
            (folder.isEmpty ? "" : "In \(folder). ")
            + "Window is the widest tolerance around a label, in rows: the period of the series."
        let table = HTMLTable(
            caption: caption,
            header: [.text("File"), .text("Detector"), .number("rows"), .number("window")]
                + EvaluationTables.shown.map { .number(EvaluationTables.title($0)) } + [.number("seconds")],
            rows: rows)
        return [EvaluationTables.folded("Every metric shown, by file and detector", isOpen: false, table.html)]
    }

    /// The folder that all paths begin with, with its last slash; empty when there is none.
    private static func commonFolder(_ paths: [String]) -> String {
        guard var common = paths.first?[...] else { return "" }
        for path in paths { common = Substring(common.commonPrefix(with: path)) }
        return common.lastIndex(of: "/").map { String(common[...$0]) } ?? ""
    }
}

/// What was measured on one file.
struct MeasuredFile {
    var name: String
    var set: String
    /// By detector.
    var metrics: [String: DetectionMetrics] = [:]

    /// The files with at least one measurement, in order.
    static func all(in result: EvaluationResult) -> [MeasuredFile] {
        var files: [MeasuredFile] = []
        for row in result.rows {
            guard let metrics = row.metrics else { continue }
            if files.last?.name != row.file { files.append(MeasuredFile(name: row.file, set: row.set)) }
            files[files.count - 1].metrics[row.detector] = metrics
        }
        return files
    }
}
