import ArgumentParser
import AuspexDocuments
import AuspexEngine
import AuspexRunbooks
import Foundation

/// Says everything that is wrong with runbooks.
struct RunbookValidate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Load runbooks, say everything that is wrong with them, and run the tests in their files.")

    @Argument(help: "Files and folders with runbooks.")
    var paths: [String]

    @Flag(help: "Only load them: names, templates, expressions, patterns. Runs no tests.")
    var syntaxOnly = false

    @Option(
        help: "Check as well that this configuration has the programs, hosts, channels and rules that they need.")
    var config: String?

    func validate() throws {
        if syntaxOnly, config != nil { throw ValidationError("--syntax-only and --config exclude each other") }
    }

    func run() async throws {
        let runbooks = try Failure.ofInput { try RunbookLoader.load(paths: paths) }
        guard !runbooks.isEmpty else {
            throw Failure(
                .input, "\(paths.joined(separator: ", ")): holds no runbook; a runbook begins with 'kind: runbook'")
        }
        Terminal.note("\(runbooks.count) runbooks are well-formed")
        guard !syntaxOnly else { return }
        if let config { try check(runbooks, config) }
        let known = Dictionary(runbooks.map { ($0.id, $0) }) { first, _ in first }
        let outcomes = runbooks.flatMap { RunbookTestRunner.run($0, among: known) }
        for outcome in outcomes { Terminal.print(outcome.description) }
        let failed = outcomes.count { !$0.passed }
        Terminal.print("\(outcomes.count - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode(Failure.Code.found.rawValue) }
    }

    private func check(_ runbooks: [Runbook], _ config: String) throws {
        let missing = try Failure.ofInput {
            let configuration = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment,
                registry: AuspexCommandLine.detectors)
            return try configuration.shortcomings(of: runbooks)
        }
        guard missing.isEmpty else { throw Failure(.input, DocumentError(missing).description) }
        Terminal.note("the configuration has what they need")
    }
}
