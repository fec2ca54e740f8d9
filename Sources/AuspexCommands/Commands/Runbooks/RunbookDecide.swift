import ArgumentParser
import AuspexRunbooks

/// Says what became of a step whose outcome nobody knows.
struct RunbookDecide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Answer a run's question: what became of a step whose outcome nobody knows.",
        discussion: Decision.allCases.map { "\($0.rawValue): \($0.meaning)." }.joined(separator: "\n"))

    @OptionGroup var word: RunWord

    @Argument(help: "done, run_again or give_up.")
    var decision: Decision

    func run() async throws { try await word.say("decide", ["decision": decision.rawValue]) }
}

extension Decision: ExpressibleByArgument {}
