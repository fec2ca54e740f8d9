import Glibc

/// The limits of the operating system that a program gets.
struct Bounds {
    /// A limit and its value.
    struct Bound {
        let resource: __rlimit_resource_t
        var limit: rlimit
    }

    /// Files that a program may have open where nothing else is said: the usual soft limit.
    private static let usualFiles: UInt64 = 1_024
    /// How much later than SIGXCPU comes SIGKILL, in seconds of processor time.
    private static let cpuGrace: UInt64 = 1

    let all: [Bound]

    init(_ limits: Order.Limits) {
        let wanted: [(__rlimit_resource, UInt64?, UInt64)] = [
            (__RLIMIT_NPROC, limits.processes, 0),
            (RLIMIT_NOFILE, limits.openFiles ?? Self.usualFiles, 0),
            (RLIMIT_FSIZE, limits.fileSize, 0),
            (RLIMIT_CPU, limits.cpuSeconds, Self.cpuGrace),
            (RLIMIT_AS, limits.memory, 0),
        ]
        all = wanted.compactMap { resource, value, grace in
            guard let value else { return nil }
            let resource = __rlimit_resource_t(resource.rawValue)
            // What is narrower already stays so: only root could widen it, and nobody has asked for that.
            var present = rlimit()
            guard getrlimit(resource, &present) == 0 else { return nil }
            let most = min(value + grace, UInt64(present.rlim_max))
            return Bound(resource: resource, limit: rlimit(rlim_cur: rlim_t(min(value, most)), rlim_max: rlim_t(most)))
        }
    }
}
