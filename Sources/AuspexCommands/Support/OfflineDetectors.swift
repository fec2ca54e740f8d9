import AuspexDetection
import AuspexExternal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The detectors of commands that read files: those that are built in, and programs, which whoever types a command may
/// start anyway.
struct OfflineDetectors {
    let registry: DetectorRegistry
    private let programs = RunningPrograms()
    /// What the command writes to files.
    let unfinished = UnfinishedFiles()

    init() throws {
        var registry = AuspexCommandLine.detectors
        try registry.registerPrograms(programs)
        self.registry = registry
    }

    /// Does the work of a command. Whoever ends us meanwhile ends the programs, too: they are in groups of their own, so
    /// that the terminal does not reach them. And no unfinished file is left.
    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        let clean = clean
        return try await Interruption.guarding(clean) { try await body() }
    }

    /// Ends us when nobody reads our results any more, as other programs of a pipeline end then.
    func readerLeft() {
        clean { Interruption.end(by: SIGPIPE) }
    }

    private var clean: @Sendable (() -> Void) -> Void {
        let (programs, unfinished) = (programs, unfinished)
        return { last in
            programs.endAll { unfinished.removeAll(then: last) }
        }
    }
}
