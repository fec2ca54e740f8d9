/// Which detector is best: overall, by set, and which differences are certain.
struct RankingTables {
    private let result: EvaluationResult
    private let summary: [EvaluationSummary]

    init(_ result: EvaluationResult, summary: [EvaluationSummary]) {
        self.result = result
        self.summary = summary
    }

    /// The means of the detectors, the best VUS-PR first, the best of each metric bold.
    var ranking: String {
        let order = summary.enumerated().sorted { left, right in
            let (a, b) = (left.element.metrics?.vusPR ?? -1, right.element.metrics?.vusPR ?? -1)
            return (b, left.offset) < (a, right.offset)
        }.map(\.element)
        let best = EvaluationTables.shown.map { metric in summary.compactMap { $0.metrics?[metric] }.max() }
        let rows = order.map { one in
            let counts = [one.files, one.failed, one.rows].map { HTMLTable.Cell.number(String($0)) }
            let seconds = one.files > 0 ? NumberText.fixed(one.totalSeconds, 1) : nil
            let metrics = EvaluationTables.shown.enumerated().map { index, metric -> HTMLTable.Cell in
                var cell = HTMLTable.Cell.number(
                    one.metrics.map { NumberText.fixed($0[metric], EvaluationTables.digits) })
                let isBest = summary.count > 1 && one.metrics != nil && one.metrics?[metric] == best[index]
                cell.css = isBest ? "best" : ""
                if metric == .vusPR, let value = one.metrics?.vusPR {
                    cell.css += " bar"
                    cell.style = "--share:\(NumberText.fixed(100 * min(max(value, 0), 1), 1))%"
                }
                return cell
            }
            return [EvaluationTables.name(one)] + metrics + counts + [.number(seconds)]
        }
        return HTMLTable(
            caption: "Means over the files that were measured, the best VUS-PR first; the best of each column is bold. "
                + "Rows and seconds are those of all files. A difference to the baselines is what a detector is worth.",
            header: [.text("Detector")] + EvaluationTables.shown.map { .number(EvaluationTables.title($0)) }
                + ["files", "failed", "rows", "seconds"].map { .number($0) },
            rows: rows
        ).html
    }

    /// The scores on the Numenta Anomaly Benchmark, if that was the suite.
    var benchmark: [String] {
        let rows = summary.compactMap { one in
            one.nab.map { scores -> [HTMLTable.Cell] in
                let numbers = [scores.standard, scores.lowFalsePositives, scores.lowFalseNegatives]
                return [EvaluationTables.name(one)] + numbers.map { .number(NumberText.fixed($0, 2)) }
            }
        }
        guard !rows.isEmpty else { return [] }
        let table = HTMLTable(
            caption: "100 is perfection, 0 is silence; each profile with its best threshold.",
            header: [.text("Detector"), .number("standard"), .number("low FP"), .number("low FN")], rows: rows)
        return ["<h2>Numenta Anomaly Benchmark</h2>", table.html]
    }

    /// Detectors by sets; nothing where there is one set.
    var bySet: [String] {
        let sets = result.sets
        guard sets.count > 1 else { return [] }
        let means = summary.map { one in
            sets.map { set in set.summary.first { $0.detector == one.detector }?.metrics?.vusPR }
                + [one.meanOfSets?.vusPR]
        }
        let best = (0...sets.count).map { column in means.compactMap { $0[column] }.max() }
        let rows = zip(summary, means).map { one, means in
            [EvaluationTables.name(one)]
                + means.enumerated().map { column, mean -> HTMLTable.Cell in
                    var cell = HTMLTable.Cell.number(mean.map { NumberText.fixed($0, EvaluationTables.digits) })
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

    var criticalDifference: [String] {
        guard !result.rows.isEmpty else { return [] }
        let names = summary.map(\.detector)
        let complete = MeasuredFile.all(in: result).compactMap { file -> [Double]? in
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
}
