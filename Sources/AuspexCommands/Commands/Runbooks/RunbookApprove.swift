import ArgumentParser
import AuspexSignals

/// Lets a run that waits for approval go on.
struct RunbookApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Let a run that waits for approval go on. The hash says which plan you have read.")

    @OptionGroup var word: RunWord

    @Option(help: "The hash of the plan, from `runbook show`.")
    var plan: String

    func run() async throws { try await word.say("approve", ["planHash": .string(plan)]) }
}
