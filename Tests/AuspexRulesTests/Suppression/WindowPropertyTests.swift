import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Windows, against a walk through every minute")
struct WindowPropertyTests {
    /// Zones with a day on which something is odd there.
    private static let places: [(zone: String, day: String)] = [
        ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("America/New_York", "2026-11-01"),
        // Half an hour; at midnight; over midnight; a whole day left out.
        ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"), ("America/Havana", "2026-11-01"),
        ("America/Sao_Paulo", "2017-10-15"), ("America/St_Johns", "2009-11-01"), ("Pacific/Apia", "2011-12-30"),
        ("Asia/Kathmandu", "2026-06-01"), ("UTC", "2026-02-28"),
    ]

    private static let minute: Int64 = 60_000

    @Test("they are open when the clock on the wall has shown their start and not yet their end", arguments: places)
    func equivalence(zone: String, day: String) throws {
        var generator = SplitMix64(seed: 41)
        let center = try #require(Timestamp(iso8601: day)).milliseconds
        let clock = try #require(TimeZone(identifier: zone))
        // Minute by minute, what the clock shows.
        let moments = (-5 * 1_440..<6 * 1_440).map { center + Int64($0) * Self.minute }
        let shown = moments.map { moment in
            moment + Int64(clock.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment) / 1_000))) * 1_000
        }
        for round in 0..<12 {
            let from = Int64.random(in: 0..<1_440, using: &generator) % (round % 2 == 0 ? 1_440 : 240)
            var to = Int64.random(in: 1...1_440, using: &generator)
            if to == from { to += to < 1_440 ? 1 : -1 }
            let weekdays = Recurrence.Weekday.allCases.filter { _ in Int.random(in: 0..<3, using: &generator) > 0 }
            let recurrence = Recurrence(
                days: .weekly(Set(weekdays)), from: from, to: to, clock: try #require(ZoneClock(zone)))
            var open = [Bool](repeating: false, count: moments.count)
            let first = center / ZoneClock.millisecondsPerDay
            for date in first - 4...first + 4 where Self.isOn(date, weekdays) {
                let start = date * ZoneClock.millisecondsPerDay + from * Self.minute
                let end =
                    (to > from ? date : date + 1) * ZoneClock.millisecondsPerDay + to * Self.minute
                // The first minute that shows the start or more, up to the last that shows less than the end.
                let begin = shown.firstIndex { $0 >= start } ?? 0
                let last = shown.lastIndex { $0 < end } ?? 0
                if begin <= last { for place in begin...last { open[place] = true } }
            }
            // The outer days have windows of days that were not written down.
            let seen = 2 * 1_440..<9 * 1_440
            // Around every change, and now and then between them.
            let places = seen.filter { place in
                place % 97 == 0 || (place - 2...place + 2).contains { open[$0] != open[place] }
            }
            for place in places {
                let moment = Timestamp(milliseconds: moments[place])
                if recurrence.isActive(at: moment) != open[place] {
                    Issue.record("\(moment.iso8601) \(from) \(to) \(weekdays)")
                }
            }
            for _ in 0..<40 {
                let place = Int.random(in: seen.lowerBound..<7 * 1_440, using: &generator)
                let next = (place + 1..<seen.upperBound).first { open[$0] != open[$0 - 1] }
                guard let next else { continue }
                let found = recurrence.nextChange(after: Timestamp(milliseconds: moments[place]))
                #expect(found?.milliseconds == moments[next], "\(from) \(to) \(weekdays)")
            }
        }
    }

    /// Whether a day, in days since 1970, is one of these: the first of them was a Thursday.
    private static func isOn(_ date: Int64, _ weekdays: [Recurrence.Weekday]) -> Bool {
        let order: [Recurrence.Weekday] = [.thu, .fri, .sat, .sun, .mon, .tue, .wed]
        return weekdays.contains(order[Int(date % 7)])
    }

    @Test("days of the month are those that a calendar has")
    func monthDays() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for offset in -31...31 where offset != 0 {
            let days = Recurrence.Days.monthly([Int64(offset)])
            for number in stride(from: Int64(19_782), to: 20_600, by: offset == -1 ? 1 : 5) {
                let date = Date(timeIntervalSince1970: Double(number) * 86_400)
                let length = try #require(calendar.range(of: .day, in: .month, for: date)).count
                let day = calendar.component(.day, from: date)
                let expected = offset > 0 ? day == offset : day == length + 1 + offset
                #expect(days.contains(CivilDate(daysSince1970: number)) == expected)
            }
        }
    }
}
