import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Ends a pause, or takes up a run that was left open here.
struct RunbookResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End the pause of all runs, or of one; with --data, take up a run that was left open there.")

    @Argument(help: "The run's id; without one, the pause of all runs ends.")
    var run: String?

    @OptionGroup var local: LocalOptions
    @OptionGroup var output: RunOutput
    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func validate() throws {
        if local.isLocal, run == nil { throw ValidationError("which run is to be taken up? give its id") }
    }

    func run() async throws {
        guard let run else {
            _ = try await server.client().sendOrAccept(
                "POST", "/api/v1/unpause", body: ["by": person.by], as: JSONValue.self)
            return Terminal.note("runs go on")
        }
        guard local.isLocal else {
            let path = APIPath("/api/v1/runs").below(run).text + "/resume"
            let record = try await server.client().send("POST", path, body: ["by": person.by], as: RunRecord.self)
            return Terminal.print(record.text(isTold: true))
        }
        let session = try local.session(person: person.by)
        try await session.work(output, in: local.data) { run }
    }
}
