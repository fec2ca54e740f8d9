package import AuspexSignals

/// Now, by both clocks of the host: the time of day, which people and their machines set, and the time since boot,
/// which only runs on.
package struct Moment: Hashable, Sendable, Codable {
    /// The time of day.
    package var wall: Timestamp
    /// Microseconds since boot (CLOCK_MONOTONIC); comparable only where ``bootID`` is equal.
    package var monotonic: Int64
    /// The kernel's identifier of this boot.
    package var bootID: String

    /// Creates a moment.
    package init(wall: Timestamp, monotonic: Int64, bootID: String) {
        self.wall = wall
        self.monotonic = monotonic
        self.bootID = bootID
    }

    /// The time from `earlier` to this moment, never negative: measured by the time since boot where both belong to
    /// the same boot, else by the time of day.
    package func elapsed(since earlier: Moment) -> TimeSpan {
        let span =
            bootID == earlier.bootID
            ? TimeSpan(milliseconds: (monotonic - earlier.monotonic) / 1_000) : wall - earlier.wall
        return max(.zero, span)
    }
}

/// Where moments come from, injected so that tests decide what time it is.
package protocol MomentSource: Sendable {
    /// The current moment.
    func now() -> Moment
}

/// The end of a length of time that outlives the process. A change of the time of day cannot move it while the host
/// is up, and after a reboot it never lies further away than the whole length.
package struct Deadline: Hashable, Sendable, Codable {
    /// When it was set.
    package var start: Moment
    /// How long after that it ends.
    package var length: TimeSpan

    /// A deadline `length` after `start`.
    package init(start: Moment, length: TimeSpan) {
        self.start = start
        self.length = length
    }

    /// What is left of it at `now`; zero when it has passed.
    package func remaining(at now: Moment) -> TimeSpan {
        max(.zero, TimeSpan(milliseconds: length.milliseconds - now.elapsed(since: start).milliseconds))
    }

    /// Whether it has passed.
    package func hasPassed(at now: Moment) -> Bool { remaining(at: now) == .zero }

    /// The end by the time of day as it was set, for people to read.
    package var wallEnd: Timestamp { start.wall + length }
}
