import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is done when people or systems end the program in the midst of its work.
enum Interruption {
    /// The signals by which they do.
    private static let endings = [SIGINT, SIGTERM, SIGHUP]
    /// The signals that are errors of a write as well, which say more and can be told: nobody reads any more, and the file
    /// would be larger than allowed.
    private static let failedWrites = [SIGPIPE, SIGXFSZ]

    /// Does `body`, and `clean` when a signal ends the program from then on. Signals that whoever started us wants to be
    /// ignored, as nohup does, stay so. Once in a process.
    ///
    /// No signal is lost: until one is watched, and `body` has not begun, it ends us as it always does, and it stays watched
    /// after `body`, when there is nothing left to clean. Between the two ways of taking it there is no moment at which it is
    /// taken in neither.
    ///
    /// - Parameter clean: calls what it is given, as its last act.
    static func guarding<Result>(
        _ clean: @escaping @Sendable (() -> Void) -> Void, body: () async throws -> Result
    ) async throws -> Result {
        for number in endings where !isIgnored(number) { await watch(number) { clean { end(by: number) } } }
        // For good: what is said at the end may find no reader either.
        for number in failedWrites { signal(number, SIG_IGN) }
        return try await body()
    }

    /// Has `act` done for good when the signal comes; returns when that is so.
    private static func watch(_ number: Int32, _ act: @escaping @Sendable () -> Void) async {
        let source = DispatchSource.makeSignalSource(signal: number)
        // Without anybody who holds it, a source ends.
        source.setEventHandler { withExtendedLifetime(source, act) }
        await withCheckedContinuation { continuation in
            source.setRegistrationHandler { continuation.resume() }
            source.activate()
        }
        #if !canImport(Glibc)
            // On Linux the source has put a handler of its own in place, which is how it hears of the signal. Elsewhere it
            // hears of it beside what is done by default, which is not to end us any more.
            signal(number, SIG_IGN)
        #endif
    }

    /// Ends us as the signal would have. Threads of a dispatch queue let no signal in by themselves.
    static func end(by number: Int32) {
        signal(number, SIG_DFL)
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        // Functions cannot be compared, their addresses can.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
