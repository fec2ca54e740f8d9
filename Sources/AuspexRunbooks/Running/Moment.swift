package import AuspexSignals

/// Now, by the clocks of the host: the time of day, which people and their machines set, and the time since boot, which
/// only runs on.
package struct Moment: Hashable, Sendable {
    /// The time of day.
    package var wall: Timestamp
    /// Microseconds since boot (CLOCK_BOOTTIME), those in which the host was suspended included; comparable only where
    /// ``bootID`` is equal.
    package var sinceBoot: Int64
    /// Microseconds since boot without those in which the host was suspended (CLOCK_MONOTONIC), as systemd and others
    /// note them. No length of time is measured by it.
    package var monotonic: Int64
    /// The kernel's identifier of this boot.
    package var bootID: String

    /// Creates a moment.
    package init(wall: Timestamp, sinceBoot: Int64, monotonic: Int64, bootID: String) {
        self.wall = wall
        self.sinceBoot = sinceBoot
        self.monotonic = monotonic
        self.bootID = bootID
    }

    /// The time from `earlier` to this moment, never negative: measured by the time since boot where both belong to
    /// the same boot, else by the time of day.
    package func elapsed(since earlier: Moment) -> TimeSpan {
        let span =
            bootID == earlier.bootID
            ? TimeSpan(milliseconds: (sinceBoot - earlier.sinceBoot) / 1_000) : wall - earlier.wall
        return max(.zero, span)
    }
}

extension Moment: Codable {
    /// Reads a moment. One that was written before ``sinceBoot`` was noted has only ``monotonic``, which is the same
    /// on a host that was never suspended.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        wall = try container.decode(Timestamp.self, forKey: .wall)
        monotonic = try container.decode(Int64.self, forKey: .monotonic)
        sinceBoot = try container.decodeIfPresent(Int64.self, forKey: .sinceBoot) ?? monotonic
        bootID = try container.decode(String.self, forKey: .bootID)
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
}
