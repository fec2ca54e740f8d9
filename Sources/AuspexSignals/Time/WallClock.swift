#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the time of day comes from. Nothing in Auspex asks the system by itself, so that tests decide what time it is.
public protocol WallClock: Sendable {
    /// The current moment.
    func now() -> Timestamp
}

/// The time of day as the operating system tells it.
public struct SystemWallClock: WallClock {
    /// Creates the clock.
    public init() {}

    /// The system's time of day.
    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
