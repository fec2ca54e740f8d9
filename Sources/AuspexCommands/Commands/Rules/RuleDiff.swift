import ArgumentParser
import AuspexEngine
import AuspexRules

extension RuleCommand {
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what changes when the rules of one place are replaced by those of another.")

        @Argument(help: "A file or folder with the rules as they are.")
        var old: String

        @Argument(help: "A file or folder with the rules as they will be.")
        var new: String

        @Option(help: "Further files and folders with runbooks, which the rules may refer to.")
        var runbooks: [String] = []

        @Flag(help: "Exit with 1 when anything changes.")
        var failOnChange = false

        func run() async throws {
            let difference = RuleSetDifference(from: try rules(in: old), to: try rules(in: new))
            for id in difference.added { Terminal.print("+ \(id)") }
            for id in difference.removed { Terminal.print("- \(id): its alerts are ended") }
            for change in difference.changed {
                let note = change.startsAfresh ? ": its alerts are ended, and it starts afresh" : ""
                Terminal.print("~ \(change.id)\(note)")
                for field in change.fields {
                    Terminal.print("    \(field.name): \(Self.shown(field.old)) -> \(Self.shown(field.new))")
                }
            }
            if difference.isEmpty { Terminal.note("nothing changes") }
            if failOnChange, !difference.isEmpty { throw ExitCode(Failure.Code.found.rawValue) }
        }

        private static func shown(_ text: String) -> String { text.isEmpty ? "nothing" : text }

        private func rules(in path: String) throws -> RuleSet {
            try Failure.ofInput {
                try namingRunbooks {
                    try Library(
                        rulePaths: [path], runbookPaths: runbookPaths(besideRules: [path], named: runbooks)
                    ).rules
                }
            }
        }
    }
}
