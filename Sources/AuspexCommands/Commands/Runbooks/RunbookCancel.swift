import ArgumentParser
import AuspexSignals

/// Stops a run.
struct RunbookCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a run; what its runbook says for the end is still done.")

    @OptionGroup var word: RunWord

    @Option(help: "Why.")
    var reason: String

    @Flag(help: "There was nothing to remedy: counts as a false alarm in the runbook's statistics.")
    var needless = false

    func run() async throws {
        try await word.say("cancel", ["reason": .string(reason), "needless": .bool(needless)])
    }
}
