import ArgumentParser
import AuspexSignals

/// The kill switch.
struct RunbookPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause all runs of a server: what is under way goes on to the end of its step, nothing new begins.")

    @Option(help: "Why; everybody who is kept waiting reads it.")
    var reason: String

    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let body = ["by": person.by, "reason": reason]
        _ = try await server.client().sendOrAccept("POST", "/api/v1/pause", body: body, as: JSONValue.self)
        Terminal.note("all runs are paused; auspex runbook resume ends it")
    }
}
