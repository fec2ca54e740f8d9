import AuspexSignals
import Foundation
import Testing

@Suite struct TimestampTests {
    @Test(
        "ISO 8601 forms that people write are understood",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01", 0),
            ("2026-03-01T12:00:00Z", 1_772_366_400_000),
            ("2026-03-01 12:00:00", 1_772_366_400_000),
            ("2026-03-01T14:00:00+02:00", 1_772_366_400_000),
            ("2026-03-01T07:00:00-0500", 1_772_366_400_000),
            ("2026-03-01T12:00:00.25Z", 1_772_366_400_250),
            ("2026-03-01T12:00:00.123456789Z", 1_772_366_400_123),
            ("2000-02-29T23:59Z", 951_868_740_000),
            ("1969-12-31T23:59:59.999Z", -1),
        ] as [(String, Int64)])
    func understood(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "what is not a moment is refused",
        arguments: [
            "", "2026", "2026-13-01", "2026-02-29", "2026-00-10", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+25:00",
            "2026-01-01T00:00:00Zx", "01/02/2026", "20260101", "2026-01-01T",
        ])
    func refused(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("writing and reading give the same moment back, over ten thousand years")
    func roundTrip() {
        // From year 1 to 9999 in steps that share no factor with a day.
        for milliseconds in stride(from: Int64(-62_135_596_800_000), through: 253_402_300_799_999, by: 157_766_400_013)
        {
            let moment = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(iso8601: moment.iso8601) == moment)
        }
    }

    @Test("the calendar agrees with Foundation's, which is Julian before October 1582")
    func agreesWithFoundation() throws {
        for day in stride(from: -140_000, to: 400_000, by: 997) {
            let moment = Timestamp(milliseconds: Int64(day) * 86_400_000 + 45_296_000)
            let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000)
            #expect(moment.iso8601 == date.formatted(.iso8601))
        }
    }

    @Test("arithmetic saturates instead of trapping")
    func saturates() {
        let end = Timestamp(milliseconds: .max)
        #expect(end + .seconds(1) == end)
        #expect(Timestamp(milliseconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
        #expect((end - Timestamp(milliseconds: .min)).milliseconds == .max)
    }
}

@Suite struct TimeSpanTests {
    @Test(
        "lengths with units are understood",
        arguments: [
            ("0s", 0), ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("7d", 604_800_000),
            ("2w", 1_209_600_000), ("1d2h3m4s5ms", 93_784_005),
        ] as [(String, Int64)])
    func understood(text: String, milliseconds: Int64) {
        #expect(TimeSpan(text)?.milliseconds == milliseconds)
    }

    @Test(
        "a bare number, a wrong order and an overflow are refused",
        arguments: [
            "", "5", "s", "5 m", "30m1h", "1h1h", "-5m", "1.5h", "5M", "99999999999999999999s", "9223372036854775807w",
        ])
    func refused(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(
        "the description reads back",
        arguments: [0, 1, 999, 1_000, 61_000, 5_400_000, 93_784_005, 700_000_000] as [Int64])
    func description(milliseconds: Int64) {
        let span = TimeSpan(milliseconds: milliseconds)
        #expect(TimeSpan(span.description) == span)
    }

    @Test("a negative difference is written with a minus, also the smallest")
    func negative() {
        #expect(TimeSpan(milliseconds: -61_000).description == "-1m1s")
        #expect(TimeSpan(milliseconds: .min).description.hasPrefix("-"))
    }
}
