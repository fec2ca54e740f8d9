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
    @OptionGroup var stepping: SteppingOption
    @OptionGroup var output: RunOutput
    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func validate() throws {
        if local.isLocal, run == nil { throw ValidationError("which run is to be taken up? give its id") }
        guard !local.isLocal else { return }
        try stepping.requireNone()
        if output.machineReadable {
            throw ValidationError("--machine-readable tells what a run here does: give its journal's --data")
        }
        if output.form == .json, run == nil { throw ValidationError("--format is for one run: give its id") }
    }

    func run() async throws {
        guard let run else {
            _ = try await server.client().sendOrAccept(
                "POST", "/api/v1/unpause", body: ["by": person.by], as: JSONValue.self)
            return Terminal.note("runs go on")
        }
        guard local.isLocal else {
            let path = APIPath("/api/v1/runs").below(run).text + "/resume"
            let (client, body) = (try server.client(), ["by": person.by])
            guard output.form == .json else {
                let record = try await client.send("POST", path, body: body, as: RunRecord.self)
                return Terminal.print(record.text(isTold: true))
            }
            return Terminal.print(try json(try await client.send("POST", path, body: body, as: JSONValue.self)))
        }
        let session = try await local.session(stepping: stepping, person: person.by)
        try await session.work(output, in: local.data) { run }
    }
}
