import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// The kill switch, and a pause of one run.
struct RunbookPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause one run, or all runs of a server: what is under way goes on to its end, nothing new begins.")

    @Argument(help: "The run's id; without one, all runs are paused.")
    var run: String?

    @Option(help: "Why; everybody who is kept waiting reads it.")
    var reason: String

    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let body = ["by": person.by, "reason": reason]
        guard let run else {
            _ = try await server.client().sendOrAccept("POST", "/api/v1/pause", body: body, as: JSONValue.self)
            return Terminal.note("all runs are paused; auspex runbook resume ends it")
        }
        let path = APIPath("/api/v1/runs").below(run).text + "/hold"
        let record = try await server.client().send("POST", path, body: body, as: RunRecord.self)
        Terminal.print(record.text(isTold: true))
    }
}
