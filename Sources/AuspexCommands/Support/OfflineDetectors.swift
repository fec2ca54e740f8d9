import AuspexDetection
import AuspexExternal
import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The detectors of commands that read files: those that are built in, and programs, which whoever types a command may
/// start anyway.
struct OfflineDetectors {
    /// The signals by which people and systems end a program.
    private static let endings = [SIGINT, SIGTERM, SIGHUP]

    let registry: DetectorRegistry
    private let programs = RunningPrograms()

    init() throws {
        var registry = AuspexCommandLine.detectors
        try registry.registerPrograms(programs)
        self.registry = registry
    }

    /// Does the work of a command. Whoever ends us meanwhile ends the programs, too: they are in groups of their own, so
    /// that the terminal does not reach them.
    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        let programs = programs
        let sources = Self.endings.map { number in
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                programs.endAll { Self.end(by: number) }
            }
            signal(number, SIG_IGN)
            source.resume()
            return source
        }
        defer {
            for (number, source) in zip(Self.endings, sources) {
                source.cancel()
                signal(number, SIG_DFL)
            }
        }
        return try await body()
    }

    /// Ends us as the signal would have. Threads of a dispatch queue let no signal in by themselves.
    private static func end(by number: Int32) {
        signal(number, SIG_DFL)
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
    }
}
