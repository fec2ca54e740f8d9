import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Closes a runbook's breaker.
struct RunbookReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Let a runbook act by itself again whose failures have opened its breaker.")

    @Argument(help: "The runbook's id.")
    var runbook: String

    @Option(help: "What was wrong, and what was done about it.")
    var reason = ""

    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let path = APIPath("/api/v1/runbooks").below(runbook).text + "/reset"
        let body = ["by": person.by, "reason": reason]
        let _: JSONValue? = try await server.client().sendOrAccept("POST", path, body: body)
        Terminal.print("the breaker of \(runbook) is closed")
    }
}

/// Shows how a runbook does.
struct RunbookStatisticsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics",
        abstract: "Show how a runbook does: how often it helps, for how long, and how often for nothing.")

    @Argument(help: "The runbook's id.")
    var runbook: String

    @Option(help: "From when on runs count, such as 2026-03-01T12:00:00Z; by default 30 days ago.")
    var since: String?

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let question = APIPath("/statistics").with("since", since).text
        let path = APIPath("/api/v1/runbooks").below(runbook).text + question
        let client = try server.client()
        switch format {
        case .json: Terminal.print(try json(try await client.send("GET", path, as: JSONValue.self)))
        case .table: Terminal.print(try await client.send("GET", path, as: RunbookStatistics.self).text)
        }
    }
}

extension RunbookStatistics {
    /// The statistics for people.
    var text: String {
        func share(_ rate: Double?, _ part: Int, _ whole: Int) -> String {
            rate.map { "\(Int(($0 * 100).rounded())) % (\(part) of \(whole))" } ?? "no case yet"
        }
        var rows = [
            ["runbook", runbook], ["since", since.iso8601], ["runs", "\(runs), \(open) of them open"],
            ["verified", share(verifiedRate, verified, verified + failed)],
            ["back within a day", share(recurrenceRate, recurrences, verifiedForAlerts)],
            ["for nothing", share(falseFireRate, falseFires, asked)], ["stopped", "\(cancelled)"],
        ]
        for (code, count) in stoppedByGuard.sorted(by: { $0.key < $1.key }) {
            rows.append(["stopped by the guard \(code)", "\(count)"])
        }
        return aligned(rows)
    }
}
