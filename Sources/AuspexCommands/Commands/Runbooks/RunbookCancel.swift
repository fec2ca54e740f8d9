import ArgumentParser

/// Stops a run.
struct RunbookCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a run; what its runbook says for the end is still done.")

    @OptionGroup var word: RunWord

    @Option(help: "Why.")
    var reason: String

    func run() async throws { try await word.say("cancel", ["reason": reason]) }
}
