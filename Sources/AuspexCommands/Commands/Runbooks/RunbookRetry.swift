import ArgumentParser
import AuspexSignals

/// Takes a failed run up again.
struct RunbookRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Take a run up that has failed, from the step that it failed at.")

    @OptionGroup var word: RunWord

    @Argument(help: "The path of the step that failed, such as steps/drain.")
    var step: String

    func run() async throws { try await word.say("retry", ["step": .string(step)]) }
}
