package import AuspexRunbooks
package import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The host's own clocks.
package struct SystemMomentSource: MomentSource {
    private let clock: any WallClock
    private let bootID: String

    /// Creates the source.
    ///
    /// - Parameter clock: Where the time of day comes from.
    package init(clock: any WallClock = SystemWallClock()) {
        self.clock = clock
        bootID = HostBoot.id
    }

    package func now() -> Moment {
        Moment(
            wall: clock.now(), sinceBoot: Self.microseconds(Self.suspendedToo),
            monotonic: Self.microseconds(CLOCK_MONOTONIC), bootID: bootID)
    }

    /// The clock that runs on while the host is suspended.
    #if canImport(Glibc)
        private static let suspendedToo = CLOCK_BOOTTIME
    #else
        private static let suspendedToo = CLOCK_MONOTONIC
    #endif

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

/// The present boot of the host.
enum HostBoot {
    /// The kernel's identifier of it; `unknown` where there is none, which no process matches.
    static var id: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }
}
