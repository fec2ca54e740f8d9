import AuspexChanges
import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells a job of GitHub Actions what the gate has said: a summary for people, outputs for later steps.
struct GitHubReport {
    /// The most reasons and gaps that the summary lists.
    private static let listedAtMost = 20
    private static let (summary, outputs) = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")

    let environment: [String: String]

    /// Adds a verdict to the files that the runner has named; does nothing outside of a runner.
    func write(_ verdict: Verdict) throws {
        let score = verdict.score.map { "\(Int($0.rounded()))" } ?? ""
        let outputs = [("verdict", verdict.verdict.rawValue), ("score", score), ("id", verdict.id)]
        try append(Self.outputs, Self.outputs(outputs))
        try append(Self.summary, Self.markdown(verdict))
    }

    /// Says that nobody answered.
    func write(unreachable message: String, isPassed: Bool) throws {
        try append(Self.outputs, Self.outputs([("verdict", "unreachable"), ("score", ""), ("id", "")]))
        let end = isPassed ? "passed unjudged, as `--on-error pass` says" : "stopped"
        try append(Self.summary, "### Auspex: no verdict, \(end)\n\n\(Self.escaped(message))\n\n")
    }

    private func append(_ variable: String, _ text: String) throws {
        guard let path = environment[variable], !path.isEmpty else { return }
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Failure(.input, "\(variable)=\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let code = writeAll(Array(text.utf8), to: file)
        guard code == 0 else { throw Failure(.input, "\(variable)=\(path): \(String(cString: strerror(code)))") }
    }

    /// One `name=value` a line; a value can't end its line.
    private static func outputs(_ values: [(name: String, value: String)]) -> String {
        values.map { "\($0.name)=\(TextTable.printable($0.value))\n" }.joined()
    }

    private static func markdown(_ verdict: Verdict) -> String {
        var text = "### Auspex: \(verdict.verdict.rawValue)"
        if verdict.dryRun { text += " (dry run: nobody is stopped)" }
        text += "\n\n\(escaped(verdict.summary))\n\n"
        if let override = verdict.override {
            let decision = "by \(escaped(override.by)) at \(override.at.iso8601)"
            text += "**Overridden** \(decision): \(escaped(override.reason))\n\n"
        }
        let score = verdict.score.map { NumberText.short($0) } ?? "not known"
        let health = verdict.health.map { NumberText.short($0.score) } ?? "not known"
        let risk = verdict.risk.map { "percentile \(NumberText.short($0.percentile))" } ?? "not known"
        text += "| score | risk | health | id |\n|---|---|---|---|\n"
        text += "| \(score) | \(risk) | \(health) | \(escaped(verdict.id)) |\n\n"
        text += verdict.reasons.prefix(listedAtMost).map { "- \(escaped($0.text))\n" }.joined()
        text += verdict.missing.prefix(listedAtMost).map { "- not known: \(escaped($0))\n" }.joined()
        return text + "\n"
    }

    /// Text that stands in Markdown as it is: no character of it means anything.
    private static func escaped(_ text: String) -> String {
        TextTable.printable(text).reduce(into: "") { result, character in
            if character.isASCII, character.isPunctuation || character.isSymbol { result += "\\" }
            result.append(character)
        }
    }
}
