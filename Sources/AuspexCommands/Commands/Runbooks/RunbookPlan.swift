import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Shows what a run would do.
struct RunbookPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print what a runbook would do, step by step, and the plan's hash.",
        discussion: """
            Nothing is done. With --server, or for a runbook by its id, it also says which guard would keep the run from \
            starting at the moment.
            """)

    @OptionGroup var target: RunbookTarget
    @OptionGroup var values: RunbookValues

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    private struct Body: Encodable {
        var parameters: [String: JSONValue]
    }

    func run() async throws {
        let source = try await target.source()
        let values = try values.values(source.kinds)
        switch source {
        case .server(let inspection): try show(try await foresight(of: inspection.id, values))
        case .file(let runbook):
            let neighbours = try target.neighbours(of: runbook)
            let plan = try Failure.ofInput { try Planner.plan(runbook, parameters: values, among: neighbours) }
            guard target.server.server != nil else { return try show(PlanForesight(plan)) }
            let served = try await foresight(of: runbook.id, values)
            if served.hash != plan.hash {
                Terminal.note(
                    "the server would carry out another plan, \(served.hash): its runbook '\(runbook.id)' is not that of "
                        + target.runbook)
            }
            try show(PlanForesight(plan, isBlockedBecause: served.blocked))
        }
    }

    private func foresight(of id: String, _ values: [String: JSONValue]) async throws -> PlanForesight {
        let path = APIPath("/api/v1/runbooks").below(id).text + "/plan"
        return try await target.server.client().send(
            "POST", path, body: Body(parameters: values), as: PlanForesight.self)
    }

    private func show(_ foresight: PlanForesight) throws {
        guard format == .table else { return Terminal.print(try json(foresight)) }
        Terminal.print(foresight.plan.text(hash: foresight.hash))
        if let blocked = foresight.blocked { Terminal.print("not now: \(PlainText.line(blocked))") }
    }
}
