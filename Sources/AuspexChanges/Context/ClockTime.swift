package import AuspexSignals

/// The hour and the day of the week of a moment, in UTC: a server does not know in which zone people are.
package struct ClockTime: Hashable, Sendable, Codable {
    /// A day of the week.
    package enum Weekday: String, Hashable, Sendable, Codable, CaseIterable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    }

    /// 0 to 23.
    package var hour: Int
    /// The day.
    package var weekday: Weekday

    private static let millisecondsPerHour: Int64 = 3_600_000
    /// 1970-01-01 was a Thursday.
    private static let firstWeekday: Int64 = 3

    /// The hour and day of a moment.
    package init(_ moment: Timestamp) {
        let hours = Self.floor(moment.milliseconds, by: Self.millisecondsPerHour)
        let days = Self.floor(hours, by: 24)
        let weekday = (days + Self.firstWeekday) % 7
        hour = Int(hours - 24 * days)
        self.weekday = Weekday.allCases[Int(weekday < 0 ? weekday + 7 : weekday)]
    }

    /// Divides downwards, also below zero.
    private static func floor(_ number: Int64, by divisor: Int64) -> Int64 {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
