import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Says what became of a step whose outcome nobody knows.
struct RunbookDecide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Answer a run's question: what became of a step whose outcome nobody knows.",
        discussion: Decision.allCases.map { "\($0.rawValue): \($0.meaning)." }.joined(separator: "\n"))

    @OptionGroup var word: RunWord

    @Argument(help: "done, run_again or give_up.")
    var decision: Decision

    @Option(help: "The path of the step that is meant, when there are several questions.")
    var step: String?

    func run() async throws {
        let step = step.map { ["step": JSONValue.string($0)] } ?? [:]
        try await word.say("decide", ["decision": .string(decision.rawValue)].merging(step) { given, _ in given })
    }
}

extension Decision: ExpressibleByArgument {}
