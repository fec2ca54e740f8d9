extension JudgeReport {
    /// The verdict in a few lines, then a table of the metrics.
    package var table: String {
        var lines = ["verdict   \(verdict.rawValue.uppercased())"]
        lines.append("score     " + (score.map { NumberText.short($0) + " of 100, higher is better" } ?? "not known"))
        lines.append("judge     " + judge)
        lines += groups.map {
            "group     \($0.name): \(NumberText.short($0.score)), weight \(NumberText.short($0.weight))"
        }
        lines += reasons.map { "reason    " + $0 }
        var table = TextTable([
            ("metric", .left), ("class", .left), ("outcome", .left), ("kind", .left), ("test", .left), ("p", .right),
            ("baseline", .right), ("canary", .right), ("effect", .right), ("interval", .left),
        ])
        for metric in metrics { table.append(metric.cells) }
        return lines.map { TextTable.printable($0) + "\n" }.joined() + "\n" + table.text
    }
}

extension MetricVerdict {
    fileprivate var cells: [String] {
        func text(_ value: Double?) -> String { value.map(JudgeSentence.number) ?? "" }
        let interval = effectInterval.map { "\(text($0.lower)) to \(text($0.upper))" } ?? ""
        return [
            name, `class`.rawValue + (muted ? " (muted)" : "") + (critical ? " (critical)" : ""), outcome.rawValue,
            kind?.rawValue ?? "", test ?? "", text(p), text(baseline), text(canary), text(effect), interval,
        ]
    }
}
