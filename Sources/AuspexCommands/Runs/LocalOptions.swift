import ArgumentParser
import AuspexEngine
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where runs without a server are kept, and what they may do.
struct LocalOptions: ParsableArguments {
    @Option(help: "Run it here, without a server: the directory of the journal.")
    var data: String?

    @Option(help: "With --data: the configuration whose actions: say what may be run. Without one, nothing may.")
    var config: String?

    func validate() throws {
        if config != nil, data == nil {
            throw ValidationError("--config is for runs here: give the journal's --data as well")
        }
    }

    /// Whether the run is carried out here.
    var isLocal: Bool { data != nil }

    /// Opens the journal.
    ///
    /// - Parameters:
    ///   - stepping: Who is asked before each act; nil for nobody.
    ///   - prompt: Who is asked what nobody knows; where it is nil, whoever sits at the terminal.
    func session(
        stepping: LocalRuns.Stepping? = nil, prompt: StepPrompt? = nil, person: String
    ) throws -> LocalSession {
        let runs = try Failure.ofInput {
            var configuration = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment, registry: AuspexCommandLine.detectors)
            if let data { configuration.dataDirectory = data }
            return try LocalRuns(configuration, stepping: stepping)
        }
        let isTyped = isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0
        return LocalSession(runs: runs, prompt: prompt ?? (isTyped ? StepPrompt() : nil), person: person)
    }
}
