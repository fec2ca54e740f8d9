import Foundation

/// What an evaluation's report says before its pictures: the ranking, sets, which differences are certain, and every file.
struct EvaluationTables {
    private static let digits = 3
    /// As many as fit beside the rest; JSON and CSV have all.
    private static let shown: [DetectionMetric] = [
        .vusPR, .vusROC, .aucPR, .aucROC, .f1, .eventF1, .rangeF1, .affiliationF1,
    ]
    /// A heat map of more files than these is folded at first, and so are all tables of files.
    private static let openFiles = 60

    private let result: EvaluationResult
    private let summary: [EvaluationSummary]

    init(_ result: EvaluationResult) {
        self.result = result
        summary = result.summary
    }

    var html: String {
        var parts: [String] = []
        if !result.rows.isEmpty { parts += ["<h2>Ranking</h2>", ranking] }
        parts += benchmark + bySet + criticalDifference + heatMap
        let measured = result.rows.filter { $0.metrics != nil && !$0.isBaseline }
        if !measured.isEmpty {
            parts.append(Self.folded("Every metric shown, by file and detector", isOpen: false, files(measured)))
        }
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

    private static func folded(_ title: String, isOpen: Bool, _ html: String) -> String {
        "<details\(isOpen ? " open" : "")>\n<summary>\(HTMLText.escaped(title))</summary>\n\(html)\n</details>"
    }

    private static func name(_ one: EvaluationSummary) -> HTMLTable.Cell {
        var cell = HTMLTable.Cell.code(one.detector)
        if one.isBaseline { cell.html += " <span class=\"tag\">baseline</span>" }
        return cell
    }

    // MARK: Ranking

    /// The means of the detectors, the best VUS-PR first, the best of each metric bold.
    private var ranking: String {
        let order = summary.enumerated().sorted { left, right in
            let (a, b) = (left.element.metrics?.vusPR ?? -1, right.element.metrics?.vusPR ?? -1)
            return (b, left.offset) < (a, right.offset)
        }.map(\.element)
        let best = Self.shown.map { metric in summary.compactMap { $0.metrics?[metric] }.max() }
        let rows = order.map { one in
            let counts = [one.files, one.failed, one.rows].map { HTMLTable.Cell.number(String($0)) }
            let seconds = one.files > 0 ? NumberText.fixed(one.totalSeconds, 1) : nil
            let metrics = Self.shown.enumerated().map { index, metric -> HTMLTable.Cell in
                var cell = HTMLTable.Cell.number(one.metrics.map { NumberText.fixed($0[metric], Self.digits) })
                let isBest = summary.count > 1 && one.metrics != nil && one.metrics?[metric] == best[index]
                cell.css = isBest ? "best" : ""
                if metric == .vusPR, let value = one.metrics?.vusPR {
                    cell.css += " bar"
                    cell.style = "--share:\(NumberText.fixed(100 * min(max(value, 0), 1), 1))%"
                }
                return cell
            }
            return [Self.name(one)] + metrics + counts + [.number(seconds)]
        }
        return HTMLTable(
            caption: "Means over the files that were measured, the best VUS-PR first; the best of each column is bold. "
                + "Rows and seconds are those of all files. A difference to the baselines is what a detector is worth.",
            header: [.text("Detector")] + Self.shown.map { .number(Self.title($0)) }
                + ["files", "failed", "rows", "seconds"].map { .number($0) },
            rows: rows
        ).html
    }

    private static func title(_ metric: DetectionMetric) -> String {
        switch metric {
        case .f1: "best F1"
        case .eventF1: "event F1"
        case .rangeF1: "range F1"
        case .affiliationF1: "affiliation F1"
        default: metric.title
        }
    }

    /// The scores on the Numenta Anomaly Benchmark, if that was the suite.
    private var benchmark: [String] {
        let rows = summary.compactMap { one in
            one.nab.map { scores -> [HTMLTable.Cell] in
                let numbers = [scores.standard, scores.lowFalsePositives, scores.lowFalseNegatives]
                return [Self.name(one)] + numbers.map { .number(NumberText.fixed($0, 2)) }
            }
        }
        guard !rows.isEmpty else { return [] }
        let table = HTMLTable(
            caption: "100 is perfection, 0 is silence; each profile with its best threshold.",
            header: [.text("Detector"), .number("standard"), .number("low FP"), .number("low FN")], rows: rows)
        return ["<h2>Numenta Anomaly Benchmark</h2>", table.html]
    }

    /// Detectors by sets; nothing where there is one set.
    private var bySet: [String] {
        let sets = result.sets
        guard sets.count > 1 else { return [] }
        let means = summary.map { one in
            sets.map { set in set.summary.first { $0.detector == one.detector }?.metrics?.vusPR }
                + [one.meanOfSets?.vusPR]
        }
        let best = (0...sets.count).map { column in means.compactMap { $0[column] }.max() }
        let rows = zip(summary, means).map { one, means in
            [Self.name(one)]
                + means.enumerated().map { column, mean -> HTMLTable.Cell in
                    var cell = HTMLTable.Cell.number(mean.map { NumberText.fixed($0, Self.digits) })
                    if summary.count > 1, mean != nil, mean == best[column] { cell.css = "best" }
                    return cell
                }
        }
        let heads = sets.map { set in
            let files = set.summary.map(\.files).max() ?? 0
            let count = "<span class=\"faint\">\(files) file\(files == 1 ? "" : "s")</span>"
            return HTMLTable.Cell(html: "\(HTMLText.escaped(set.name))<br>\(count)")
        }
        let table = HTMLTable(
            caption: "Mean VUS-PR of each set, the best of each bold; in the mean of sets every set counts the same.",
            header: [.text("Detector")] + heads + [.number("mean of sets")], rows: rows)
        return ["<h2>Sets</h2>", table.html]
    }

    // MARK: Certainty

    private var criticalDifference: [String] {
        guard !result.rows.isEmpty else { return [] }
        let names = summary.map(\.detector)
        let complete = measuredFiles.compactMap { file -> [Double]? in
            let values = names.compactMap { file.metrics[$0]?.vusPR }
            return values.count == names.count ? values : nil
        }
        let title = "<h2>Which differences are certain</h2>"
        do throws(CriticalDifference.Obstacle) {
            let found = try CriticalDifference(names: names, values: complete)
            let test = found.friedman
            let p = test.pValue < 1e-4 ? "p < 0.0001" : "p = \(NumberText.fixed(test.pValue, 4))"
            let verdict =
                found.isSignificant
                ? "Detectors under one bar do not differ for certain."
                : "The test finds no difference between the detectors."
            return [
                title,
                "<p class=\"faint\">Mean ranks by VUS-PR over the \(test.files) files that every detector was measured on; "
                    + "1 is best. Friedman's test: χ² = \(NumberText.fixed(test.statistic, 2)), \(p). Nemenyi's test at 0.05. "
                    + "\(verdict)</p>",
                "<figure>\n\(CriticalDifferenceSVG(found).svg)\n</figure>",
            ]
        } catch {
            return [title, "<p class=\"faint\">No diagram of critical differences: \(error).</p>"]
        }
    }

    // MARK: Files

    private struct MeasuredFile {
        var name: String
        var set: String
        var metrics: [String: DetectionMetrics] = [:]
    }

    /// The files with at least one measurement, in order.
    private var measuredFiles: [MeasuredFile] {
        var files: [MeasuredFile] = []
        for row in result.rows {
            guard let metrics = row.metrics else { continue }
            if files.last?.name != row.file { files.append(MeasuredFile(name: row.file, set: row.set)) }
            files[files.count - 1].metrics[row.detector] = metrics
        }
        return files
    }

    /// VUS-PR of each file and detector, as a number on a ground that is the darker the higher it is.
    private var heatMap: [String] {
        let files = measuredFiles
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
            header: [.text("File")] + summary.map { HTMLTable.Cell(html: Self.name($0).html) }, rows: rows)
        let title = "VUS-PR by file and detector, \(files.count) file\(files.count == 1 ? "" : "s")"
        return ["<h2>Files</h2>", Self.folded(title, isOpen: files.count <= Self.openFiles, table.html)]
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
            let metrics = Self.shown.map { metric in
                HTMLTable.Cell.number(row.metrics.map { NumberText.fixed($0[metric], Self.digits) })
            }
            let first = cells.count
            cells += metrics + [.number(row.seconds.map { NumberText.fixed($0, Self.digits) })]
            if isContest, row.metrics?.vusPR == best { cells[first].css = "best" }
            return cells
        }
        let caption =
            (folder.isEmpty ? "" : "In \(folder). ")
            + "Window is the widest tolerance around a label, in rows: the period of the series."
        return HTMLTable(
            caption: caption,
            header: [.text("File"), .text("Detector"), .number("rows"), .number("window")]
                + Self.shown.map { .number(Self.title($0)) } + [.number("seconds")],
            rows: rows
        ).html
    }

    /// The folder that all paths begin with, with its last slash; empty when there is none.
    private static func commonFolder(_ paths: [String]) -> String {
        guard var common = paths.first?[...] else { return "" }
        for path in paths { common = Substring(common.commonPrefix(with: path)) }
        return common.lastIndex(of: "/").map { String(common[...$0]) } ?? ""
    }
}
