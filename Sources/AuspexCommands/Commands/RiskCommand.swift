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
            discussion: "Without a model only size counts, and no probability is given: no outcomes are known.")

        @OptionGroup var change: ChangeOptions

        @Option(help: "The service's model, made by train.")
        var model: String?

        @Option(help: "The organisation's model, for a service that has none.")
        var organisation: String?

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        func run() async throws {
            let scorer = RiskScorer(
                own: try model.map(RiskCommand.model), organisation: try organisation.map(RiskCommand.model))
            let assessment = scorer.assess(try await change.report())
            Terminal.print(format == .json ? try json(assessment) : assessment.table)
        }
    }
}
