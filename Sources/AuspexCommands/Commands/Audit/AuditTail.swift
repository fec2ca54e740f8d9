import ArgumentParser
import AuspexRunbooks
import AuspexSignals
import AuspexStore

/// Shows the end of the audit.
struct AuditTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show the newest entries of the audit, the newest last.")

    private static let limits = 1...10_000

    @OptionGroup var source: AuditSource

    @Option(name: .shortAndLong, help: "So many.")
    var number = 20

    @Option(help: "Only entries of this run.")
    var run: String?

    @Option(help: "table, or json: an object a line.")
    var format: TextOrJSON = .table

    func validate() throws {
        guard Self.limits.contains(number) else {
            throw ValidationError(
                "--number \(number) must be from \(Self.limits.lowerBound) to \(Self.limits.upperBound)")
        }
    }

    func run() async throws {
        let entries = try await source.newest(number, run: run)
        if format == .json {
            for entry in entries { Terminal.print(try entry.line()) }
            return
        }
        guard !entries.isEmpty else { return Terminal.note("no such entries") }
        let rows = entries.map { entry in
            ["\(entry.sequence)", entry.at.iso8601, entry.kind, entry.runID ?? "", entry.detail.canonicalText]
        }
        Terminal.print(aligned([["ENTRY", "AT", "KIND", "RUN", "DETAIL"]] + rows.map { $0.map(PlainText.line) }))
    }
}
