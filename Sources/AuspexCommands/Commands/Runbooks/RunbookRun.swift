import ArgumentParser
import AuspexEngine
import AuspexRunbooks
import AuspexSignals
import Foundation

/// Runs a runbook, at a server or here.
struct RunbookRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a runbook as it was planned, and follow it to its end.",
        discussion: """
            The server runs it, or with --data this program does, with a journal in that directory and what --config \
            allows; there are no detectors here then, so a person is asked whether the verification holds. Ctrl-C stops \
            the run and lets it do what it does at the end. Exit codes: 0 verified, 1 failed or stopped, 3 it needs a \
            person, 4 the server cannot be reached.
            """)

    @OptionGroup var target: RunbookTarget
    @OptionGroup var values: RunbookValues

    @Option(help: "The hash that `runbook plan` printed: what runs is what was read.")
    var plan: String

    @OptionGroup var person: Person
    @OptionGroup var local: LocalOptions

    @OptionGroup var stepping: SteppingOption

    @Flag(help: "Do not wait for the end of a run at the server.")
    var detach = false

    @OptionGroup var output: RunOutput

    func validate() throws {
        guard local.isLocal else {
            try stepping.requireNone()
            return
        }
        if detach { throw ValidationError("--detach leaves a run to the server, and --data runs it here") }
        if !target.isFile { throw ValidationError("a run with --data needs the runbook's file") }
    }

    func run() async throws {
        if local.isLocal { try await runHere() } else { try await runAtServer() }
    }

    // MARK: - Here

    private func runHere() async throws {
        let runbook = try target.file()
        let source = RunbookTarget.Source.file(runbook)
        let values = try values.values(source.kinds)
        let neighbours = try target.neighbours(of: runbook)
        let plan = try Failure.ofInput { try Planner.plan(runbook, parameters: values, among: neighbours) }
        guard plan.hash == self.plan else {
            throw Failure(.input, EngineError.planChanged(expected: plan.hash, given: self.plan).description)
        }
        let session = try await local.session(stepping: stepping, plan: plan, person: person.by)
        try await session.work(output, in: local.data) {
            let open = try await session.runs.openRuns()
            if let run = open.first {
                throw Failure(
                    .input,
                    "run \(run.id) of \(run.plan.runbook) is open in \(local.data ?? ""); take it up first: "
                        + "auspex runbook resume \(run.id) --data \(local.data ?? "")")
            }
            return try await session.runs.start(plan, by: person.by).id
        }
    }

    // MARK: - At a server

    private struct Body: Encodable {
        var runbook: String
        var parameters: [String: JSONValue]
        var by: String
        var planHash: String
    }

    private func runAtServer() async throws {
        let source = try await target.source()
        let body = Body(
            runbook: source.id, parameters: try values.values(source.kinds), by: person.by, planHash: plan)
        let site = ServerRuns(client: try target.server.client(), person: person.by)
        let record = try await site.client.send("POST", "/api/v1/runs", body: body, as: RunRecord.self)
        guard !detach else { return try RunPrinter(output.form).finish(record) }
        let interrupts = Interrupts()
        let follower = site.follower(of: record.id, isAnswerable: true)
        let form = output.form
        let end = try await interrupts.heeding(onWish: {}) {
            var printer = RunPrinter(form)
            return try await follower.follow(&printer, interrupts)
        }
        try output.finish(end)
    }
}
