import ArgumentParser
import AuspexSignals

/// Ends a pause, or takes up a run that was left open here.
struct RunbookResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End the pause of all runs of a server; with --data, take up a run that was left open there.")

    @Argument(help: "With --data: the run's id.")
    var run: String?

    @OptionGroup var local: LocalOptions
    @OptionGroup var output: RunOutput
    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func validate() throws {
        if local.isLocal, run == nil { throw ValidationError("which run is to be taken up? give its id") }
        if !local.isLocal, run != nil {
            throw ValidationError("a run is taken up here only: give its journal's --data")
        }
    }

    func run() async throws {
        guard let run else {
            _ = try await server.client().sendOrAccept(
                "POST", "/api/v1/unpause", body: ["by": person.by], as: JSONValue.self)
            return Terminal.note("runs go on")
        }
        let session = try local.session(person: person.by)
        try await session.work(output, in: local.data) { run }
    }
}
