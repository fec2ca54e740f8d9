import ArgumentParser

/// Finds the templates of log lines, what is news or unusual in them, and what changed from one log to another.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the templates of log lines, what is unusual in them, and what changed between two logs.",
        subcommands: [
            LogsParse.self, LogsScore.self, LogsTemplates.self, LogsDiff.self, LogsEvaluate.self,
        ])
}
