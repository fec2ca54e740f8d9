import ArgumentParser
import AuspexRunbooks

/// Shows what a runbook is before it is planned.
struct RunbookInspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show a runbook: what must be given, what each step does and may change, what it locks and needs.")

    @OptionGroup var target: RunbookTarget

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    func run() async throws {
        let inspection: RunbookInspection =
            switch try await target.source() {
            case .file(let runbook): RunbookInspection(runbook)
            case .server(let inspection): inspection
            }
        Terminal.print(format == .json ? try json(inspection) : inspection.text)
    }
}
