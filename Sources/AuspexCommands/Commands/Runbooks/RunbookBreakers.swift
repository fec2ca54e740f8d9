import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Lists the open breakers.
struct RunbookBreakers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breakers",
        abstract: "List the runbooks whose failures have opened their breakers: they only propose until a reset.")

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        guard format == .table else {
            return Terminal.print(try json(try await client.send("GET", "/api/v1/breakers", as: JSONValue.self)))
        }
        let breakers = try await client.send("GET", "/api/v1/breakers", as: [Breaker].self)
        guard !breakers.isEmpty else { return Terminal.note("no breaker is open") }
        let rows = breakers.map { [$0.runbook, $0.openedAt.iso8601, $0.run, $0.reason].map(PlainText.line) }
        Terminal.print(aligned([["RUNBOOK", "SINCE", "RUN", "WHY"]] + rows))
    }
}
