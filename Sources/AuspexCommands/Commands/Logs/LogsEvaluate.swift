import ArgumentParser
import AuspexEvaluation

/// Measures session detectors on labelled sessions.
struct LogsEvaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well anomalous sessions are told from normal ones, on labelled sessions.",
        discussion: """
            Every threshold comes from the sessions that are learnt from. Beside each figure stands that of flagging every \
            session, and the false-positive rate. A path is a file of sessions (CSV with BlockId, Label and EventSequence) \
            or a folder that holds one, or files of normal and abnormal sequences.
            """)

    @Argument(help: "Files and folders.")
    var paths: [String]

    @Option(help: "table, json or csv.")
    var format: EvaluationFormat = .table

    func run() async throws {
        let result = try Failure.ofInput { try SessionEvaluation().run(paths: paths) }
        Terminal.write(try result.text(format))
    }
}
