import ArgumentParser
import AuspexChanges
import AuspexSignals

extension DeployCommand {
    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell a server of a change, as the last or the first step of a pipeline.",
            discussion: """
                Once when it begins and once when it is over, with the same --id; what is reported later is added to what \
                is known. Without --id the change is known by service, environment and version, so that a second deploy \
                of the same version needs one, such as the number of the pipeline.
                """)

        @Option(help: "The service that is changed.")
        var service: String

        @Option(help: "Where, such as production.")
        var environment = ""

        @Option(
            name: [.customLong("deploy-version"), .customLong("version")],
            help: "The version, best the commit's full name.")
        var deployedVersion = ""

        @Option(help: "pending, success, failure or rolled_back.", transform: { try DeployCommand.choice($0) })
        var outcome: Change.Outcome = .success

        @Option(help: "deploy, config or flag.", transform: { try DeployCommand.choice($0) })
        var kind: Change.Kind = .deploy

        @Option(help: "The change's id, the same in every report of it.")
        var id: String?

        @Option(help: "The version before.")
        var previousVersion = ""

        @Option(help: "Who made it.")
        var author = ""

        @Option(help: "What it is about.")
        var title = ""

        @Option(help: "When it began, such as 2026-03-01T12:00:00Z; by default now.")
        var started: String?

        @Option(help: "When it was over; by default now, unless it is pending.")
        var ended: String?

        @Option(help: "A directory in the repository, for the time and number of the commits in --range.")
        var repo: String?

        @Option(help: "The commits that the change brings, as A..B.")
        var range: String?

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var id: String
            var kind: Change.Kind
            var service: String
            var environment: String
            var version: String
            var previousVersion: String
            var author: String
            var title: String
            var startedAt: Timestamp?
            var endedAt: Timestamp?
            var outcome: Change.Outcome
            var committedAt: Timestamp?
            var commits: Int?
        }

        func validate() throws {
            guard (repo == nil) == (range == nil) else { throw ValidationError("--repo and --range go together") }
            guard id != nil || !deployedVersion.isEmpty else {
                throw ValidationError("give --deploy-version or --id, so that the change can be told from others")
            }
            for (name, text) in [("--started", started), ("--ended", ended)] {
                if let text, Timestamp(iso8601: text) == nil {
                    throw ValidationError("\(name) '\(text)' is no moment such as 2026-03-01T12:00:00Z")
                }
            }
        }

        func run() async throws {
            let now = SystemWallClock().now()
            var body = Body(
                id: id ?? [service, environment, deployedVersion].joined(separator: ":"), kind: kind, service: service,
                environment: environment, version: deployedVersion, previousVersion: previousVersion, author: author,
                title: title, startedAt: started.flatMap { Timestamp(iso8601: $0) } ?? now,
                endedAt: ended.flatMap { Timestamp(iso8601: $0) } ?? (outcome == .pending ? nil : now),
                outcome: outcome)
            if let repo, let range {
                let commits = try await Failure.ofInput {
                    try await GitRepository(directory: repo).commits(in: try GitRange(parsing: range))
                }
                (body.committedAt, body.commits) = (commits.oldest, commits.count)
            }
            let change = try await server.client().send("POST", "/api/v1/changes", body: body, as: Change.self)
            Terminal.print(format == .json ? try json(change) : change.report)
        }
    }
}
