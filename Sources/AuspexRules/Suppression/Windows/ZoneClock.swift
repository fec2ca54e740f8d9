import AuspexSignals
import Foundation

/// The clocks on the walls of a time zone. Local times are milliseconds since 1970 as if the zone were UTC.
struct ZoneClock: Hashable, Sendable {
    /// Moments for which there are clocks: the years 1 to 9999.
    static let range =
        Timestamp(
            milliseconds: CivilDate(year: 1, month: 1, day: 2).daysSince1970 * millisecondsPerDay)...Timestamp(
            milliseconds: CivilDate(year: 9_999, month: 12, day: 30).daysSince1970 * millisecondsPerDay)
    static let millisecondsPerDay: Int64 = 86_400_000

    private let zone: TimeZone

    /// The zone called `name` in the time-zone database, such as `Europe/Berlin`, or `UTC`; nil when there is none. Offsets
    /// such as `GMT+5` are not accepted: they mean the opposite in different places.
    init?(_ name: String) {
        guard name == "UTC" || name == "GMT" || !name.hasPrefix("GMT"), let zone = TimeZone(identifier: name) else {
            return nil
        }
        self.zone = zone
    }

    /// The name nearest to `name`; nil when none is near.
    static func nearest(to name: String) -> String? {
        nearestName(to: name, among: TimeZone.knownTimeZoneIdentifiers + ["UTC"])
    }

    /// The local time at `moment`, which must lie in ``range``.
    func local(at moment: Timestamp) -> Int64 { moment.milliseconds + offset(at: moment.milliseconds) }

    /// When a clock shows `local` for the first time; when clocks are put forward over it, that moment.
    func first(_ local: Int64) -> Timestamp { moments(local).first }

    /// When a clock shows `local` for the last time; when clocks are put forward over it, that moment.
    func last(_ local: Int64) -> Timestamp { moments(local).last }

    private func offset(at milliseconds: Int64) -> Int64 {
        let seconds = CivilDate.floorDivide(milliseconds, by: 1_000).quotient
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))) * 1_000
    }

    private func moments(_ local: Int64) -> (first: Timestamp, last: Timestamp) {
        let day = Self.millisecondsPerDay
        // No clock is off by more than a day, so these are the offsets before and after any change near `local`.
        let offsets = [local - day, local, local + day].map { offset(at: $0) }
        let moments = offsets.map { local - $0 }
        let shown = moments.filter { $0 + offset(at: $0) == local }
        if let first = shown.min(), let last = shown.max() {
            return (Timestamp(milliseconds: first), Timestamp(milliseconds: last))
        }
        let change = Timestamp(milliseconds: change(between: moments.min() ?? local, moments.max() ?? local))
        return (change, change)
    }

    /// The first moment after `low`, and at or before `high`, at which clocks show what they show at `high`.
    private func change(between low: Int64, _ high: Int64) -> Int64 {
        let after = offset(at: high)
        var (low, high) = (low, high)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == after { high = middle } else { low = middle }
        }
        return high
    }
}
