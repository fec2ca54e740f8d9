import ArgumentParser
import AuspexEngine
import AuspexRules

extension RuleCommand {
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what changes when the rules of one place are replaced by those of another.",
            discussion: "Rules, windows and services are compared; runbooks are not.")

        @Argument(help: "A file or folder with the rules as they are.")
        var old: String

        @Argument(help: "A file or folder with the rules as they will be.")
        var new: String

        @Option(help: "Further files and folders with runbooks, which the rules may refer to.")
        var runbooks: [String] = []

        @Flag(help: "Exit with 1 when anything changes.")
        var failOnChange = false

        func run() async throws {
            let (before, after) = (try rules(in: old), try rules(in: new))
            let difference = RuleSetDifference(from: before, to: after)
            for id in difference.added { Terminal.print("+ \(id)") }
            for id in difference.removed { Terminal.print("- \(id): its alerts are ended") }
            for change in difference.changed {
                let note = change.startsAfresh ? ": its alerts are ended, and it starts afresh" : ""
                Terminal.print("~ \(change.id)\(note)")
                for field in change.fields {
                    Terminal.print("    \(field.name): \(Self.shown(field.old)) -> \(Self.shown(field.new))")
                }
            }
            let beside = RuleSetDifference.changesBesideRules(from: before, to: after)
            for text in beside { Terminal.print(text) }
            let isEmpty = difference.isEmpty && beside.isEmpty
            if isEmpty { Terminal.note("nothing changes") }
            if failOnChange, !isEmpty { throw ExitCode(Failure.Code.found.rawValue) }
        }

        private static func shown(_ text: String) -> String { text.isEmpty ? "nothing" : text }

        private func rules(in path: String) throws -> RuleSet {
            try Failure.ofInput {
                try namingRunbooks {
                    try Library(
                        rulePaths: [path], runbookPaths: runbookPaths(besideRules: [path], named: runbooks),
                        lentPaths: lentRunbookPaths(besideRules: [path])
                    ).rules
                }
            }
        }
    }
}
