import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Shows how a run stands, and what happens in it.
struct RunbookShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how a run stands: attempts, outputs, questions; as JSON with its plan and the audit.")

    @Argument(help: "The run's id.")
    var run: String

    @Flag(help: "Tell what happens until the run is over; the exit code is then that of `runbook run`.")
    var follow = false

    @OptionGroup var output: RunOutput
    @OptionGroup var server: ServerOptions

    func validate() throws {
        if output.machineReadable, !follow {
            throw ValidationError("--machine-readable tells what happens: add --follow")
        }
    }

    func run() async throws {
        let client = try server.client()
        let path = APIPath("/api/v1/runs").below(run).text
        if follow {
            var printer = RunPrinter(output.form)
            let follower = ServerRuns(client: client, person: "").follower(
                of: run, isAnswerable: false, waitsForPeople: true)
            return try output.finish(try await follower.follow(&printer, Interrupts()))
        }
        guard output.form == .json else {
            let record = try await client.send("GET", path, as: RunRecord.self)
            return Terminal.print(record.text(withOutputs: true))
        }
        let record = try await client.send("GET", path, as: JSONValue.self)
        let audit = try await client.send("GET", APIPath("/api/v1/audit").with("run", run).text, as: JSONValue.self)
        Terminal.print(try json(JSONValue.object(["run": record, "audit": audit])))
    }
}
