import ArgumentParser
import AuspexStore
import Foundation

/// Writes the audit out.
struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the audit to standard output, oldest first, a JSON object a line.")

    @OptionGroup var source: AuditSource

    @Option(help: "Only entries after the one with this number.")
    var after: Int64 = 0

    @Option(help: "Only entries of this run.")
    var run: String?

    func validate() throws {
        if after < 0 { throw ValidationError("--after \(after) is not the number of an entry; the first has number 1") }
    }

    func run() async throws {
        try await source.forEach(after: after, run: run) { entry in Terminal.print(try entry.line()) }
    }
}
