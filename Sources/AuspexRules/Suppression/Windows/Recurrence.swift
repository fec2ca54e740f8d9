import AuspexSignals

/// A window that comes again on certain days of the week or month, by the clocks of a time zone.
///
/// When clocks change it is never shorter than it may have been meant: it begins when its time is shown for the first time,
/// and ends when that of its end is shown for the last time. Where clocks are put forward over one of the two, that moment
/// takes its place; a window all of which they are put forward over does not come that day.
package struct Recurrence: Hashable, Sendable {
    /// A day of the week.
    package enum Weekday: String, Hashable, Sendable, CaseIterable {
        case mon, tue, wed, thu, fri, sat, sun

        /// Days since Sunday.
        fileprivate var place: Int64 { self == .sun ? 0 : Int64(Self.allCases.firstIndex(of: self) ?? 0) + 1 }
    }

    /// The days on which it begins.
    package enum Days: Hashable, Sendable {
        /// Days of the week.
        case weekly(Set<Weekday>)
        /// Days of the month, from 1; -1 is the last one, -2 the one before it. A month without a day leaves it out.
        case monthly(Set<Int64>)

        func contains(_ date: CivilDate) -> Bool {
            switch self {
            case .weekly(let days):
                return days.contains { $0.place == date.dayOfWeek }
            case .monthly(let days):
                let next =
                    date.month == 12
                    ? CivilDate(year: date.year + 1, month: 1, day: 1)
                    : CivilDate(year: date.year, month: date.month + 1, day: 1)
                return days.contains(date.day) || days.contains(date.daysSince1970 - next.daysSince1970)
            }
        }
    }

    /// The days on which it begins.
    let days: Days
    /// The time at which it begins, in minutes since midnight.
    let from: Int64
    /// The time at which it ends, up to 1440; of the next day where that is not after ``from``.
    let to: Int64
    /// Whose clocks are meant.
    let clock: ZoneClock

    /// Days through which the next change is sought: a window that is open all that time is open always. The longest gap
    /// between two windows is that between two 31sts, 62 days.
    private static let horizon: Int64 = 400

    /// Whether it is open at `moment`. Some dozen look-ups of the time zone at most.
    func isActive(at moment: Timestamp) -> Bool {
        guard let day = day(of: moment) else { return false }
        return (day - 2...day + 1).contains { occurrence(on: $0)?.contains(moment) ?? false }
    }

    /// When it next opens or closes after `moment`; nil when it never closes. Windows that touch are one.
    func nextChange(after moment: Timestamp) -> Timestamp? {
        guard let day = day(of: moment) else { return nil }
        var openUntil: Timestamp?
        for day in day - 2...day + Self.horizon {
            guard let occurrence = occurrence(on: day), occurrence.upperBound > moment else { continue }
            if let end = openUntil {
                if occurrence.lowerBound > end { return end }
                openUntil = max(end, occurrence.upperBound)
            } else if occurrence.lowerBound <= moment {
                openUntil = occurrence.upperBound
            } else {
                return occurrence.lowerBound
            }
        }
        return nil
    }

    /// The window that begins on a day, in days since 1970; nil when it does not come that day.
    private func occurrence(on day: Int64) -> Range<Timestamp>? {
        guard days.contains(CivilDate(daysSince1970: day)) else { return nil }
        let midnight = day * ZoneClock.millisecondsPerDay
        let (minute, lastDay) = (Int64(60_000), to > from ? midnight : midnight + ZoneClock.millisecondsPerDay)
        let (start, end) = (clock.first(midnight + from * minute), clock.last(lastDay + to * minute))
        return start < end ? start..<end : nil
    }

    /// The local day of `moment`, in days since 1970; nil outside of the years for which there are clocks.
    private func day(of moment: Timestamp) -> Int64? {
        guard ZoneClock.range.contains(moment) else { return nil }
        return CivilDate.floorDivide(clock.local(at: moment), by: ZoneClock.millisecondsPerDay).quotient
    }
}
