import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Lists the locks that runs have.
struct RunbookLocks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locks", abstract: "List what runs have locked at a server: until when, and what for.")

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        guard format == .table else {
            return Terminal.print(try json(try await client.send("GET", "/api/v1/locks", as: JSONValue.self)))
        }
        let locks = try await client.send("GET", "/api/v1/locks", as: [HeldLock].self)
        guard !locks.isEmpty else { return Terminal.note("nothing is locked") }
        let rows = locks.map { [$0.name, $0.run, $0.requestedBy, $0.expires.iso8601, $0.reason].map(PlainText.line) }
        Terminal.print(aligned([["LOCK", "RUN", "BY", "UNTIL", "FOR"]] + rows))
    }
}
