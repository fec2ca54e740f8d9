import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Lists the runs of a server.
struct RunbookList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the runs of a server, newest first.")

    @Flag(help: "Only those that are not over.")
    var open = false

    @Flag(help: "Only those that wait for people's approval, oldest first.")
    var awaiting = false

    @Option(help: "Only those made at this moment or later, such as 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Only those that stand so: \(RunStatus.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "status"))
    var status: RunStatus?

    @Option(help: "At most so many; 100 unless said otherwise.")
    var limit: Int?

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    func validate() throws {
        if let since, Timestamp(iso8601: since) == nil {
            throw ValidationError("--since \(since) is not a moment such as 2026-03-01T12:00:00Z")
        }
        if awaiting, open || since != nil || status != nil || limit != nil {
            throw ValidationError("--awaiting gives all that wait: leave --open, --since, --status and --limit out")
        }
    }

    func run() async throws {
        let path =
            awaiting
            ? APIPath("/api/v1/approvals")
            : APIPath("/api/v1/runs").with("limit", "\(limit ?? 100)").with("open", open ? "true" : nil)
                .with("since", since).with("status", status?.rawValue)
        let client = try server.client()
        guard format == .table else {
            return Terminal.print(try json(try await client.send("GET", path.text, as: JSONValue.self)))
        }
        let runs = try await client.send("GET", path.text, as: [RunRecord].self)
        guard !runs.isEmpty else { return Terminal.note("no such runs") }
        let rows = runs.map { run in
            [
                run.id, run.status.rawValue, run.plan.runbook, run.mode.word, PlainText.line(run.requestedBy),
                run.createdAt.iso8601, PlainText.line(run.question?.text ?? run.ending?.reason ?? ""),
            ]
        }
        Terminal.print(aligned([["RUN", "STATUS", "RUNBOOK", "MODE", "BY", "CREATED", "WHY"]] + rows))
    }
}

extension RunStatus: ExpressibleByArgument {}
