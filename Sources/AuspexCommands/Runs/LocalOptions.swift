import ArgumentParser
import AuspexEngine
import AuspexRunbooks
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
    ///   - stepping: Whether the person is asked before each act.
    ///   - plan: The plan of the run that is to begin; nil where runs are only taken up.
    func session(stepping: SteppingOption, plan: Plan? = nil, person: String) async throws -> LocalSession {
        let prompt = stepping.debug ? StepPrompt() : nil
        let stepping = prompt.map { LocalRuns.Stepping(gate: $0, plan: plan, person: person) }
        let runs = try await Failure.ofInput {
            var configuration = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment, registry: AuspexCommandLine.detectors)
            if let data { configuration.dataDirectory = data }
            return try await LocalRuns(configuration, stepping: stepping)
        }
        let isTyped = isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0
        return LocalSession(runs: runs, prompt: prompt ?? (isTyped ? StepPrompt() : nil), person: person)
    }
}

/// Whether a person is asked before each act of a run here.
struct SteppingOption: ParsableArguments {
    @Flag(
        help: """
            Stop before each step and ask, at the terminal or by lines at standard input: step, skip, abort; after a \
            failure proceed, retry, abort.
            """)
    var debug = false

    /// Refuses the wish for a run that is not carried out here.
    func requireNone() throws {
        if debug { throw ValidationError("--debug steps through a run here: give its journal's --data") }
    }
}
