import ArgumentParser
import AuspexDocuments
import AuspexRules

extension RuleCommand {
    /// Takes over alerting rules of Prometheus.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make rules of Prometheus' alerting rules, and say which of them can't be rules, and why.",
            discussion: """
                An alert that can't be said as it is is left out: each is told on standard error with its place and the \
                reason, and so is what is not quite what it was. Review what comes out, give it tests, and try it: the rules \
                are experimental. An alert that is left out is no error unless --fail-on says so.
                """)

        @Argument(
            help: """
                Files of Prometheus' rules or of Kubernetes' objects of kind PrometheusRule, and folders with them; - for \
                standard input.
                """)
        var files: [String]

        @Option(name: [.customShort("o"), .long], help: "Write the rules to this file instead of standard output.")
        var output: String?

        @Option(help: "skipped: exit with 1 when an alert was left out.")
        var failOn: Strictness?

        enum Strictness: String, ExpressibleByArgument, CaseIterable {
            case skipped
        }

        /// The path that stands for standard input.
        private static let standardInput = "-"

        func run() async throws {
            let file = try output.map { try OutputFile($0, option: "--output", UnfinishedFiles()) }
            let result = try Failure.ofInput { try RuleImporter.rules(in: try documents()) }
            let text = result.text
            if let file {
                try file.write(text)
            } else {
                Terminal.write(text)
            }
            for finding in result.findings { Terminal.note(finding.description) }
            let (size, most) = (text.utf8.count, DocumentLimits().bytes)
            if size > most {
                Terminal.note("the rules take \(size) bytes, and a file may have \(most): import fewer files at a time")
            }
            Terminal.note("\(result.rules.count) rules imported, \(result.leftOut.count) left out")
            if failOn == .skipped, !result.leftOut.isEmpty { throw ExitCode(Failure.Code.found.rawValue) }
        }

        /// The documents of the files, and those of standard input behind them.
        private func documents() throws -> [Document] {
            var documents = try DocumentFiles.documents(at: files.filter { $0 != Self.standardInput })
            if files.contains(Self.standardInput) {
                documents += try DocumentParser.documents(in: text(of: Self.standardInput), file: Self.standardInput)
            }
            return documents
        }
    }
}
