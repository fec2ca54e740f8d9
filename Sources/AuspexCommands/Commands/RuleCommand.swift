import ArgumentParser
import AuspexEngine
import AuspexRules
import AuspexSignals

/// Checks, tests and imports rules.
struct RuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Check, test, explain, compare and import rules.",
        subcommands: [Check.self, Test.self, Explain.self, Diff.self, Facts.self, Import.self])

    /// What commands about rules read.
    struct Paths: ParsableArguments {
        @Argument(
            help: "Files and folders with rules. A folder named runbooks in them, or beside a file, is read, too.")
        var paths: [String]

        @Option(help: "Further files and folders with runbooks, which the rules may refer to.")
        var runbooks: [String] = []

        func load() async throws -> RuleSet {
            let loaded = try Failure.ofInput {
                try namingRunbooks {
                    try Library(
                        rulePaths: paths, runbookPaths: runbookPaths(besideRules: paths, named: runbooks),
                        lentPaths: lentRunbookPaths(besideRules: paths)
                    ).rules
                }
            }
            guard !loaded.rules.isEmpty else {
                throw Failure(
                    .input, "\(paths.joined(separator: ", ")): holds no rule; a rule begins with 'kind: rule'")
            }
            return loaded
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load rules as the server would, and say everything that is wrong with them.")

        @OptionGroup var input: Paths

        func run() async throws {
            let loaded = try await input.load()
            let now = SystemWallClock().now()
            for rule in loaded.rules {
                Terminal.print("\(rule.id): ok (\(rule.tests.count) tests)")
                for exception in rule.exceptions.expired(at: now) {
                    let end = exception.until.iso8601
                    Terminal.note("\(exception.location): an exception of \(rule.id) is over since \(end)")
                }
            }
            for window in loaded.windows.windows { Terminal.print("\(window.id): ok (\(window.effect.rawValue))") }
            Terminal.note("\(loaded.rules.count) rules are well-formed")
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the tests that stand in the rule files, on a clock of their own.")

        @OptionGroup var input: Paths

        func run() async throws {
            let results = RuleTestRunner.run(try await input.load(), forecasting: TestForecasts())
            for result in results { Terminal.print(Self.text(of: result)) }
            let failed = results.count { !$0.isPassed }
            Terminal.print("\(results.count - failed) passed, \(failed) failed")
            if failed > 0 { throw ExitCode(Failure.Code.found.rawValue) }
        }

        private static func text(of result: RuleTestResult) -> String {
            let head = "\(result.location): \(result.rule): \(result.name): " + (result.isPassed ? "ok" : "FAILED")
            return ([head] + result.failures.map { "    \($0)" }).joined(separator: "\n")
        }
    }
}
