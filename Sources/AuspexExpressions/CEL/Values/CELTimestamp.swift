package import AuspexSignals

/// A moment from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, leap seconds ignored.
package struct CELTimestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded towards the past.
    package let seconds: Int64
    /// Nanoseconds after `seconds`, 0 to 999,999,999.
    package let nanoseconds: Int32

    /// The seconds that the language allows.
    static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// The moment `seconds` and `nanoseconds` after 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
    package init?(seconds: Int64, nanoseconds: Int64 = 0) {
        let (carry, rest) = CivilDate.floorDivide(nanoseconds, by: Self.nanosecondsPerSecond)
        let (sum, overflow) = seconds.addingReportingOverflow(carry)
        guard !overflow, Self.range.contains(sum) else { return nil }
        self.seconds = sum
        self.nanoseconds = Int32(rest)
    }

    /// The moment, clamped to the years 1 to 9999.
    package init(_ moment: Timestamp) {
        let (seconds, milliseconds) = CivilDate.floorDivide(moment.milliseconds, by: 1_000)
        let clamped = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
        self.seconds = clamped
        nanoseconds = clamped == seconds ? Int32(milliseconds * 1_000_000) : 0
    }

    /// The moment in whole milliseconds, rounded towards the past.
    package var timestamp: Timestamp {
        Timestamp(milliseconds: seconds * 1_000 + Int64(nanoseconds) / 1_000_000)
    }

    /// The moment `duration` later; nil outside the years 1 to 9999.
    package func adding(_ duration: CELDuration) -> CELTimestamp? {
        let (whole, rest) = CivilDate.floorDivide(duration.nanoseconds, by: Self.nanosecondsPerSecond)
        return CELTimestamp(seconds: seconds + whole, nanoseconds: Int64(nanoseconds) + rest)
    }

    /// The time from `earlier` to this moment; nil if it exceeds what a duration holds.
    package func duration(since earlier: CELTimestamp) -> CELDuration? {
        let (product, overflow) = (seconds - earlier.seconds).multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
        let (sum, carry) = product.addingReportingOverflow(Int64(nanoseconds) - Int64(earlier.nanoseconds))
        return overflow || carry ? nil : CELDuration(nanoseconds: sum)
    }

    package static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The date and the time of day at `offset` seconds east of UTC.
    func civil(offset: Int64) -> (date: CivilDate, secondOfDay: Int64) {
        let (days, secondOfDay) = CivilDate.floorDivide(seconds + offset, by: 86_400)
        return (CivilDate(daysSince1970: days), secondOfDay)
    }

    /// RFC 3339 in UTC, with as many decimals as are needed: `2009-02-13T23:31:30.5Z`.
    package var description: String {
        let (date, second) = civil(offset: 0)
        let day = "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
        let hours = Self.padded(second / 3_600, 2)
        let minutes = Self.padded(second / 60 % 60, 2)
        let seconds = Self.padded(second % 60, 2)
        return "\(day)T\(hours):\(minutes):\(seconds)\(Self.fraction(Int64(nanoseconds)))Z"
    }

    static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// `.5` for 500,000,000 nanoseconds; empty for 0.
    static func fraction(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "" }
        var digits = padded(nanoseconds, 9)
        while digits.last == "0" { digits.removeLast() }
        return "." + digits
    }
}

extension CELTimestamp {
    /// Parses RFC 3339, such as `2009-02-13T23:31:30.5+01:00`: date, time, up to nine decimals and an offset or `Z`, all of
    /// them needed but the decimals. nil for anything else, and outside the years 1 to 9999.
    package init?(_ text: String) {
        var reader = ByteReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2), reader.take("T") || reader.take("t"),
            let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2),
            reader.take(":"), let second = reader.number(digits: 2)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists, hour < 24, minute < 60, second < 60 else { return nil }
        var nanoseconds: Int64 = 0
        if reader.take(".") {
            guard let decimals = reader.decimals(9) else { return nil }
            nanoseconds = decimals
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let secondOfDay = hour * 3_600 + minute * 60 + second
        self.init(seconds: date.daysSince1970 * 86_400 + secondOfDay - offset, nanoseconds: nanoseconds)
    }
}
