import ArgumentParser
import AuspexChanges
import AuspexSignals

extension RiskCommand {
    struct Label: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw labels from a repository's past: which commits a later fix had to repair.",
            discussion: """
                A table for train, in CSV. A commit did harm when a later one whose message tells of a fix changes or \
                takes away a line that it had brought in. Where you know which changes led to incidents, use that.
                """)

        @Option(help: "A directory in the repository.")
        var repo = "."

        @Option(help: "The newest commit to look at.")
        var upTo = "HEAD"

        @Option(help: "Commits younger than this against the newest one are left out: their faults are not yet known.")
        var maturity = TimeSpan.hours(24 * 90)

        @Option(
            help: """
                How many fixing commits are followed back, the newest ones; what came before others is left out, since \
                they may have repaired it.
                """)
        var mostFixes = LabelOptions().mostFixes

        @Option(name: .shortAndLong, help: "Where the table goes; by default to standard output.")
        var output: String?

        func validate() throws {
            guard mostFixes >= 0 else { throw ValidationError("--most-fixes \(mostFixes) is less than 0") }
        }

        func run() async throws {
            let file = try output.map { try OutputFile($0, option: "--output", UnfinishedFiles()) }
            let options = LabelOptions(mostFixes: mostFixes, maturity: maturity)
            let history = try await Failure.ofInput {
                try await GitRepository(directory: repo).labelledHistory(
                    upTo: try GitRange(parsing: upTo), options: options)
            }
            if let file {
                try file.write(history.csv)
            } else {
                Terminal.write(history.csv)
            }
            let harmful = history.commits.count { $0.change.isHarmful }
            Terminal.note(
                "\(harmful) of \(history.commits.count) commits did harm, by \(history.fixes) fixes; left out:"
                    + " \(history.skippedFixes) fixes, \(history.immature) young commits")
            if history.unfollowed > 0 {
                Terminal.note(
                    "left out also: \(history.unfollowed) older commits, because there are more than"
                        + " \(mostFixes) fixes and those not followed may have repaired them; --most-fixes raises this")
            }
        }
    }
}
