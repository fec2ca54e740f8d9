import AuspexSignals
import Testing

@testable import AuspexLogs

@Suite struct TimestampReaderTests {
    private func read(_ text: String, reference: String? = nil) -> (end: Int, time: String?)? {
        let line = Array(text.utf8)
        let moment = reference.flatMap { Timestamp(iso8601: $0) }
        return TimestampReader.read(line.span, at: 0, reference: moment).map { ($0.end, $0.time?.iso8601) }
    }

    @Test(
        "each form is read to its end and to its moment",
        arguments: [
            ("2026-03-01T10:00:00Z", 20, "2026-03-01T10:00:00Z"),
            ("2026-03-01 10:00:00.123456789 x", 29, "2026-03-01T10:00:00.123Z"),
            ("2026-03-01T10:00:00,5+02:00 x", 27, "2026-03-01T08:00:00.500Z"),
            ("2026-03-01T10:00:00 -0330 x", 25, "2026-03-01T13:30:00Z"),
            ("2005-06-03-15.42.50.675872 x", 26, "2005-06-03T15:42:50.675Z"),
            ("Mon Mar  2 10:00:00 2026 x", 24, "2026-03-02T10:00:00Z"),
            ("Mar 2 2026 10:00 x", 16, "2026-03-02T10:00:00Z"),
            ("Sat Feb 29 23:59:59 UTC 2020 x", 28, "2020-02-29T23:59:59Z"),
            ("1/Mar/2026:10:00:03 -0100 x", 25, "2026-03-01T11:00:03Z"),
            ("20171223-22:15:9:6 x", 18, "2017-12-23T22:15:09.006Z"), ("081109 203615 x", 13, "2008-11-09T20:36:15Z"),
            ("2026-03-01 x", 10, "2026-03-01T00:00:00Z"), ("1772359200.25 x", 13, "2026-03-01T10:00:00.250Z"),
            ("1772359200250 x", 13, "2026-03-01T10:00:00.250Z"), ("1970-01-01 x", 10, "1970-01-01T00:00:00Z"),
            ("0001-01-01 x", 10, "0001-01-01T00:00:00Z"), ("2016-12-31T23:59:60Z", 20, "2017-01-01T00:00:00Z"),
        ])
    func forms(text: String, end: Int, time: String) {
        let reading = read(text)
        #expect(reading?.end == end)
        #expect(reading?.time == time)
    }

    @Test(
        "a form that does not tell the moment has none",
        arguments: [
            ("17/06/09 20:10:40 x", 17), ("09:15:00 x", 8), ("2026-13-01 10:00:00 x", 19), ("2026-02-30 x", 10),
            ("Mar 2 10:00:00 x", 14), ("2026-03-01T24:00:00Z", 20), ("2026-03-01 10:60:00 x", 19),
            ("2026-03-01 10:00:61 x", 19), ("Mon Mar  2 99:00:00 2026 x", 24), ("1/Mar/2026:25:00:03 -0100 x", 25),
            ("20171223-22:75:9:6 x", 18), ("081109 303615 x", 13),
        ])
    func untold(text: String, end: Int) {
        let reading = read(text)
        #expect(reading?.end == end)
        #expect(reading?.time == nil)
    }

    @Test(
        "a year that is not written is the latest that is not in the future",
        arguments: [
            ("Mar 1 10:00:00 x", "2026-03-01T09:00:00Z", "2026-03-01T10:00:00Z"),
            ("Dec 31 23:00:00 x", "2026-01-01T09:00:00Z", "2025-12-31T23:00:00Z"),
            ("Jan 1 00:00:10 x", "2025-12-31T23:59:59Z", "2026-01-01T00:00:10Z"),
            ("Feb 29 12:00:00 x", "2026-03-01T00:00:00Z", "2024-02-29T12:00:00Z"),
        ])
    func missingYear(text: String, reference: String, time: String) {
        #expect(read(text, reference: reference)?.time == time)
    }

    @Test(
        "what is not a timestamp is not read as one",
        arguments: ["", "x", "12", "2026", "2026-3-1", "123456789 x", "Marx 1 10:00:00", "1234567890", "10.1.2.3"])
    func noTimestamp(text: String) {
        #expect(read(text) == nil)
    }
}
