import ArgumentParser
import AuspexChanges

/// Measures a change and weighs its risk.
struct RiskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "risk", abstract: "Measure a change in a git repository and weigh its risk.",
        subcommands: [
            Features.self, ScoreRisk.self, Label.self, Train.self, Learn.self, Evaluate.self, Drift.self, Models.self,
            Import.self,
        ])

    /// Which change.
    struct ChangeOptions: ParsableArguments {
        @Option(help: "A directory in the repository.")
        var repo = "."

        @Option(help: "The commits, as A..B, or one commit.")
        var range = "HEAD"

        @Option(help: "The directory in which the history is kept for the next time; without it the git directory.")
        var cache: String?

        @Flag(help: "Read the whole history and keep nothing.")
        var noCache = false

        func validate() throws {
            guard cache == nil || !noCache else { throw ValidationError("--cache and --no-cache exclude each other") }
        }

        func report() async throws -> FeatureReport {
            let place: HistoryCache? = noCache ? nil : cache.map { .directory($0) } ?? .repository
            let report = try await Failure.ofInput {
                try await GitRepository(directory: repo).features(of: try GitRange(parsing: range), cache: place)
            }
            for note in report.cacheNotes { Terminal.note(note) }
            return report
        }
    }

    struct Features: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the measures of a change: size, spread, history and experience (Kamei et al. 2013).")

        @OptionGroup var change: ChangeOptions

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        func run() async throws {
            let report = try await change.report()
            Terminal.print(format == .json ? try json(report) : report.table)
        }
    }

    struct ScoreRisk: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "score",
            abstract: "Weigh a change among the repository's earlier ones, and say why.",
            discussion: """
                Without a model only size counts, and no probability is given: no outcomes are known. With --service and a \
                server, named by --server or AUSPEX_SERVER, the server's model of that service is asked.
                """)

        @OptionGroup var change: ChangeOptions

        @Option(help: "The service that is changed.")
        var service: String?

        @Option(help: "The service's model, made by train.")
        var model: String?

        @Option(help: "The organisation's model, for a service that has none.")
        var organisation: String?

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func validate() throws {
            if service?.isEmpty == true {
                throw ValidationError("--service is empty; name the service that is changed")
            }
            guard server.server != nil else { return }
            if service == nil { throw ValidationError("--server needs --service, whose model is asked") }
            if model != nil || organisation != nil {
                throw ValidationError("--server excludes --model and --organisation: one of them assesses the change")
            }
        }

        func run() async throws {
            let report = try await change.report()
            let assessed = Assessed(service: service, assessment: try await assessment(of: report))
            let head = service.map { "service   \(TextTable.printable($0))\n" } ?? ""
            Terminal.print(format == .json ? try json(assessed) : head + assessed.assessment.table)
        }

        private func assessment(of report: FeatureReport) async throws -> RiskAssessment {
            if let service, model == nil, organisation == nil, server.isNamed {
                let question = Question(
                    service: service, measures: ChangeMeasures(report.change), commits: report.commits.count)
                var answer = try await server.client().send(
                    "POST", "/api/v1/risk/score", body: question, as: RiskAssessment.self)
                // A server without a model knows no earlier changes; the repository here has them.
                if answer.risk == nil { answer = SizeRisk.assess(report) }
                answer.content = report.content
                return answer
            }
            let scorer = RiskScorer(
                own: try model.map(RiskCommand.model), organisation: try organisation.map(RiskCommand.model))
            return scorer.assess(report)
        }

        /// What a server is asked.
        private struct Question: Encodable {
            var service: String
            var measures: ChangeMeasures
            var commits: Int
        }

        /// An assessment with the service that it is about, as members of one object.
        private struct Assessed: Encodable {
            var service: String?
            var assessment: RiskAssessment

            private enum CodingKeys: String, CodingKey {
                case service
            }

            func encode(to encoder: any Encoder) throws {
                try assessment.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encodeIfPresent(service, forKey: .service)
            }
        }
    }
}
