import ArgumentParser
import AuspexSignals

/// Leaves a step of a run out.
struct RunbookSkip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Leave a step out that has not begun, or whose outcome nobody knows.")

    @OptionGroup var word: RunWord

    @Argument(help: "The step's path, such as steps/drain.")
    var step: String

    @Option(help: "Why.")
    var reason: String

    func run() async throws { try await word.say("skip", ["step": .string(step), "reason": .string(reason)]) }
}
