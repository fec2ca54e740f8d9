import ArgumentParser
import AuspexChanges
import AuspexEngine

/// Asks the gate whether a change may go on.
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Ask the server whether a change may go on; the exit code is the answer.",
        discussion: """
            The risk is measured here, in --repo, and the server adds how the service does. Exit codes: 0 go on, 1 stop, \
            4 the server cannot be reached (see --on-error).
            """)

    enum OnError: String, ExpressibleByArgument, CaseIterable {
        case fail
        case pass
    }

    @Option(help: "The service that is to be changed.")
    var service: String

    @Option(help: "Where, such as production.")
    var environment = ""

    @Option(help: "The commit that is to be deployed.")
    var sha = ""

    @Option(name: .customLong("deploy-version"), help: "The version that is to be deployed.")
    var deployedVersion = ""

    @Option(help: "A directory in the repository of the change; without it the risk is not known.")
    var repo: String?

    @Option(help: "The commits of the change, as A..B.")
    var range: String?

    @Option(help: "What an unreachable server means: fail or pass.")
    var onError: OnError = .fail

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard (repo == nil) == (range == nil) else { throw ValidationError("--repo and --range go together") }
    }

    func run() async throws {
        var query = GateQuery(service: service, environment: environment, sha: sha, version: deployedVersion)
        if let repo, let range {
            query.assessment = try await Failure.ofInput {
                SizeRisk.assess(try await GitRepository(directory: repo).features(of: try GitRange(parsing: range)))
            }
        }
        let verdict: Verdict
        do {
            verdict = try await server.client().send("POST", "/api/v1/gate", body: query, as: Verdict.self)
        } catch let failure as Failure where failure.code == .unreachable && onError == .pass {
            Terminal.note("passed unjudged, as --on-error says: \(failure.message)")
            return
        }
        Terminal.print(format == .json ? try json(verdict) : verdict.table)
        let code = Gate.exitCode(for: verdict)
        if code != 0 { throw ExitCode(code) }
    }
}
