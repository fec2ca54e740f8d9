import AuspexSignals

/// A verdict as people read it at another system.
extension Verdict {
    /// What a dry run adds.
    private static let dryRunNote = "dry run: nobody is stopped"

    /// The decision with its reasons in Markdown.
    ///
    /// - Parameters:
    ///   - page: Where there is more; nil for nowhere.
    ///   - most: The most bytes.
    ///   - isWaiting: Whether the gate is asked again.
    func markdown(page: String?, bytes most: Int, isWaiting: Bool = false) -> String {
        var head = "**Auspex: \(verdict.rawValue)** for \(ShortText.markdown(subject))"
        if dryRun { head += " (\(Self.dryRunNote))" }
        if let override { head += " (overridden by \(ShortText.markdown(override.by)))" }
        if isWaiting { head += ", asking again" }
        var lines = [head]
        if let page { lines.append("[the whole verdict](\(page))") }
        if let score { lines.append("score \(NumberText.short(score)) of 100, higher is worse") }
        if !mayGoOn, verdict == .inconclusive, !isWaiting {
            lines.append("what the policy wants to know is not known, so the answer is no")
        }
        if let override { lines.append("the reason: \(ShortText.markdown(override.reason))") }
        if !reasons.isEmpty || !missing.isEmpty { lines.append("") }
        lines += reasons.map { "- " + ShortText.markdown($0.text) }
        lines += missing.map { "- missing: " + ShortText.markdown($0) }
        return ShortText.lines(lines, bytes: most)
    }

    /// One line of plain text.
    func line(bytes most: Int) -> String {
        let note = dryRun ? Self.dryRunNote : override.map { "overridden by \(TextTable.printable($0.by))" }
        // Before the reasons, for the end is what is cut off.
        return ShortText.cut(note.map { "(\($0)) \(summary)" } ?? summary, bytes: most)
    }
}
