import ArgumentParser
import AuspexChanges
import AuspexEngine
import Foundation

/// Asks the gate whether a change may go on.
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Ask the server whether a change may go on; the exit code is the answer.",
        discussion: """
            The risk is measured here, in --repo, and the server adds how the service does. Exit codes: 0 go on, \
            1 stop, 2 wrong usage, 3 bad input, 4 the server cannot be reached (see --on-error).

            With --wait the gate is asked again while it knows too little, while its verdict is not final, and while \
            it cannot be reached; the last attempt counts. In an emergency --break-glass goes on whatever the verdict is: \
            the verdict stays what it is, and the audit holds who did it and why.
            """)

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case fail
        case pass
    }

    @Option(help: "The service that is to be changed.")
    var service: String

    @Option(help: "Where, such as production.")
    var environment = ""

    @Option(help: "The commit that is to be deployed; with --repo that of --range, or HEAD, if it is left out.")
    var sha: String?

    @Option(name: [.customLong("deploy-version"), .customLong("version")], help: "The version that is to be deployed.")
    var deployedVersion = ""

    @Option(help: "A directory in the repository of the change; without it the risk is not known.")
    var repo: String?

    @Option(help: "The commits of the change, as A..B; without it the risk is not known.")
    var range: String?

    @Option(help: "The id of the change, as it was reported.")
    var change: String?

    @Flag(help: "Ask how the service does since the change was deployed.")
    var after = false

    @Option(help: "For how many seconds to ask again, up to 86400.")
    var wait = 0

    @Option(help: "What an unreachable server means: fail or pass.")
    var onError = Choice.fail

    @Option(help: "What an inconclusive verdict means: fail or pass; by default what the policy says.")
    var onInconclusive: Choice?

    @Flag(help: "Show the verdict and stop nobody: exit with 0 whatever it is, also if the server is not there.")
    var dryRun = false

    @Option(help: "Go on whatever the verdict is, for this reason; it is audited.")
    var breakGlass: String?

    @Option(help: "Who breaks the glass.")
    var by = ProcessInfo.processInfo.userName

    @Flag(name: .customLong("github"), help: "Write a summary and outputs for GitHub Actions: verdict, score, id.")
    var isForGitHub = false

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    private static let waits = 0...86_400

    func validate() throws {
        if service.isEmpty { throw ValidationError("--service is empty; name the service that is to be changed") }
        if range != nil, repo == nil { throw ValidationError("--range needs --repo, the repository that it is in") }
        guard Self.waits.contains(wait) else {
            throw ValidationError(
                "--wait \(wait) must be from \(Self.waits.lowerBound) to \(Self.waits.upperBound) seconds")
        }
        if let mistake = decision?.mistake { throw ValidationError("--break-glass: \(mistake)") }
    }

    private var decision: BreakGlass? { breakGlass.map { BreakGlass(reason: $0, by: by) } }

    func run() async throws {
        let body = GateBody(query: try await query(), manner: GateManner(dryRun: dryRun, breakGlass: decision))
        let inquiry = GateInquiry(client: try server.client(), body: body, wait: .seconds(wait))
        let report = isForGitHub ? GitHubReport(environment: ProcessInfo.processInfo.environment) : nil
        let line = ProgressLine()
        do {
            let answer = try await inquiry.answer { line.show("auspex gate: \($0)") }
            line.end()
            Terminal.print(format == .json ? try json(answer.json) : answer.verdict.table)
            try report?.write(answer.verdict)
            try end(answer.verdict)
        } catch let failure as Failure where failure.code == .unreachable {
            line.end()
            let isPassed = dryRun || onError == .pass
            try report?.write(unreachable: failure.message, isPassed: isPassed)
            guard isPassed else { throw failure }
            Terminal.note("passed unjudged, as \(dryRun ? "--dry-run" : "--on-error") says: \(failure.message)")
        }
    }

    private func query() async throws -> GateQuery {
        var query = GateQuery(
            service: service, environment: environment, sha: sha ?? "", version: deployedVersion)
        query.phase = after ? .after : .before
        query.change = change
        guard let repo else { return query }
        let repository = GitRepository(directory: repo)
        let range = try Failure.ofInput { try self.range.map { try GitRange(parsing: $0) } }
        try await Failure.ofInput {
            if sha == nil { query.sha = try await repository.commit(named: range?.to ?? "HEAD") }
            if let range {
                let report = try await repository.features(of: range, cache: .repository)
                for note in report.cacheNotes { Terminal.note(note) }
                // The server assesses by its own model, where it has one.
                query.assessment = SizeRisk.assess(report)
                query.measures = ChangeMeasures(report.change)
                query.content = report.content
                query.author = report.commits.last?.author ?? ""
            }
        }
        return query
    }

    private func end(_ verdict: Verdict) throws {
        if dryRun { return }
        let inconclusive: GatePolicy.Inconclusive? = onInconclusive.map { $0 == .pass ? .pass : .fail }
        let code = Gate.exitCode(for: verdict, inconclusive: inconclusive)
        if verdict.override != nil {
            Terminal.note("the glass is broken: going on whatever the verdict is; the audit has it")
        }
        if code != 0 { throw ExitCode(code) }
    }
}
