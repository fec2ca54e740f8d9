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

    /// Does `body`, and `clean` when a signal ends the program meanwhile. Signals that whoever started us wants to be ignored,
    /// as nohup does, stay so.
    ///
    /// - Parameter clean: calls what it is given, as its last act.
    static func guarding<Result>(
        _ clean: @escaping @Sendable (() -> Void) -> Void, body: () async throws -> Result
    ) async throws -> Result {
        let sources = endings.compactMap { number -> (number: Int32, source: any DispatchSourceSignal)? in
            guard !isIgnored(number) else { return nil }
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { clean { end(by: number) } }
            signal(number, SIG_IGN)
            source.resume()
            return (number, source)
        }
        // For good: what is said at the end may find no reader either.
        for number in failedWrites { signal(number, SIG_IGN) }
        defer {
            for (number, source) in sources {
                source.cancel()
                signal(number, SIG_DFL)
            }
        }
        return try await body()
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
