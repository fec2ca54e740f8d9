import AuspexRunbooks
import AuspexSignals
import AuspexTesting

/// The clocks of a host: the time as it really is, and what the host thinks.
struct FleetClock {
    private static let start: Int64 = 1_772_366_400_000
    private var passed: Int64 = 0
    private var ahead: Int64 = 0
    private var bootedAt: Int64 = 0
    private var boots = 1

    /// The time as it really is, by which other hosts send.
    var real: Timestamp { Timestamp(milliseconds: Self.start + passed) }

    /// The host's time of day.
    var wall: Timestamp { Timestamp(milliseconds: Self.start + passed + ahead) }

    var moment: Moment {
        let sinceBoot = (passed - bootedAt) * 1_000
        return Moment(wall: wall, sinceBoot: sinceBoot, monotonic: sinceBoot, bootID: "boot-\(boots)")
    }

    mutating func pass(_ milliseconds: Int64) { passed += milliseconds }

    /// Sets the time of day: by an hour, a day or a second, forwards or back, or right again.
    mutating func jump(_ random: inout SplitMix64) {
        let jumps: [Int64] = [3_600_000, -3_600_000, 86_400_000, 1_000, -1_000]
        ahead = Bool.random(using: &random) ? 0 : jumps.randomElement(using: &random) ?? 0
    }

    /// Boots the host, which forgets how long it ran.
    mutating func boot() {
        bootedAt = passed
        boots += 1
    }
}
