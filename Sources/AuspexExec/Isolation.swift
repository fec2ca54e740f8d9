import Glibc

/// What this process sets up for itself before it starts anything.
enum Isolation {
    /// Leaves the engine's session, adopts orphans, leaves no core dumps, and takes signals so that only the
    /// end of a child wakes us, and that only while we sleep.
    static func enter(_ system: GNU) throws {
        // Fails only for a group's leader, which then already is apart from the engine's group.
        _ = setsid()
        try system.becomeSubreaper()
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        umask(0o077)

        for number in [SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT] { signal(number, SIG_IGN) }
        var childSignal = sigset_t()
        sigemptyset(&childSignal)
        sigaddset(&childSignal, SIGCHLD)
        sigprocmask(SIG_BLOCK, &childSignal, nil)
        var action = sigaction()
        // It has nothing to do: that it was called has ended the sleep.
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(SIGCHLD, &action, nil)
    }
}
