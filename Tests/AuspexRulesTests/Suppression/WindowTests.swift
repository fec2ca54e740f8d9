import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Windows for maintenance and change freezes")
struct WindowTests {
    /// A window of this schedule.
    static func window(_ schedule: String, effect: String = "maintenance", scope: String = "all") throws -> TimeWindow {
        let rules = try RuleLoader.load(
            text: """
                kind: window
                id: w
                title: Window
                owner: ann
                effect: \(effect)
                scope: \(scope)
                \(schedule)
                """, file: "f")
        return try #require(rules.windows["w"])
    }

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    /// The changes of a window from one moment to another.
    private func changes(_ window: TimeWindow, from start: String, to end: String) throws -> [String] {
        var (moment, end, changes) = (try time(start), try time(end), [String]())
        while let next = window.nextChange(after: moment), next <= end {
            changes.append(next.iso8601)
            moment = next
        }
        return changes
    }

    @Test("one that comes once begins at its start and ends before its end")
    func once() throws {
        let window = try Self.window("from: 2026-05-01T22:00:00+02:00\nuntil: 2026-05-02T06:00:00+02:00")
        #expect(try window.isActive(at: time("2026-05-01T20:00:00Z")))
        #expect(try !window.isActive(at: time("2026-05-01T19:59:59.999Z")))
        #expect(try !window.isActive(at: time("2026-05-02T04:00:00Z")))
        #expect(
            try changes(window, from: "2026-01-01", to: "2027-01-01") == [
                "2026-05-01T20:00:00Z", "2026-05-02T04:00:00Z",
            ])
        #expect(try window.nextChange(after: time("2026-05-02T04:00:00Z")) == nil)
    }

    @Test("one over midnight belongs to the day on which it begins")
    func midnight() throws {
        let window = try Self.window(
            "weekly: {days: [sat], from: \"22:00\", to: \"06:00\"}\ntime_zone: Europe/Berlin")
        // 2026-05-02 is a Saturday.
        #expect(
            try changes(window, from: "2026-05-01", to: "2026-05-08") == [
                "2026-05-02T20:00:00Z", "2026-05-03T04:00:00Z",
            ])
        #expect(try window.isActive(at: time("2026-05-03T03:59:59Z")))
        #expect(try !window.isActive(at: time("2026-05-02T03:00:00Z")))
    }

    @Test("days that touch are one window")
    func touching() throws {
        let window = try Self.window("weekly: {days: [sat, sun], from: \"00:00\", to: \"24:00\"}\ntime_zone: UTC")
        #expect(
            try changes(window, from: "2026-05-01", to: "2026-05-08") == [
                "2026-05-02T00:00:00Z", "2026-05-04T00:00:00Z",
            ])
        let always = try Self.window(
            "weekly: {days: [mon, tue, wed, thu, fri, sat, sun], from: \"00:00\", to: \"24:00\"}\ntime_zone: UTC")
        #expect(try always.isActive(at: time("2026-05-01")))
        #expect(try always.nextChange(after: time("2026-05-01")) == nil)
    }

    @Test("days of the month are counted from either end, and left out where there are none")
    func monthly() throws {
        let window = try Self.window(
            "monthly: {days: [1, -1], from: \"08:00\", to: \"09:00\"}\ntime_zone: UTC")
        let starts = try changes(window, from: "2028-02-15", to: "2028-04-15").filter { $0.contains("T08") }
        #expect(
            starts == [
                "2028-02-29T08:00:00Z", "2028-03-01T08:00:00Z", "2028-03-31T08:00:00Z", "2028-04-01T08:00:00Z",
            ])
        let last = try Self.window("monthly: {days: [31], from: \"08:00\", to: \"09:00\"}\ntime_zone: UTC")
        #expect(try last.nextChange(after: time("2026-03-31T10:00:00Z")) == time("2026-05-31T08:00:00Z"))
        let december = try Self.window("monthly: {days: [-31], from: \"08:00\", to: \"09:00\"}\ntime_zone: UTC")
        #expect(try december.nextChange(after: time("2026-11-20")) == time("2026-12-01T08:00:00Z"))
    }

    /// In Berlin clocks go from 02:00 to 03:00 at 2026-03-29T01:00Z, and from 03:00 to 02:00 at 2026-10-25T01:00Z.
    private static let clockChanges: [(from: String, to: String, day: String, changes: [String])] = [
        // Over the gap: an hour shorter.
        ("01:30", "04:00", "2026-03-29", ["2026-03-29T00:30:00Z", "2026-03-29T02:00:00Z"]),
        // Begins in the gap: at its end.
        ("02:30", "04:00", "2026-03-29", ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]),
        // Ends in the gap: at its end, too.
        ("01:30", "02:30", "2026-03-29", ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"]),
        // All of it in the gap: not that day.
        ("02:10", "02:50", "2026-03-29", []),
        // Over the repeated hour: an hour longer.
        ("01:30", "04:00", "2026-10-25", ["2026-10-24T23:30:00Z", "2026-10-25T03:00:00Z"]),
        // Begins in it: when it is shown first.
        ("02:30", "04:00", "2026-10-25", ["2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"]),
        // Ends in it: when it is shown last.
        ("01:30", "02:30", "2026-10-25", ["2026-10-24T23:30:00Z", "2026-10-25T01:30:00Z"]),
        // All of it in the repeated hour: from the first to the last.
        ("02:10", "02:50", "2026-10-25", ["2026-10-25T00:10:00Z", "2026-10-25T01:50:00Z"]),
        // A night over the change.
        ("22:00", "06:00", "2026-10-25", ["2026-10-25T05:00:00Z", "2026-10-25T21:00:00Z"]),
    ]

    @Test("when clocks change a window is never shorter than it may have been meant", arguments: clockChanges)
    func clockChange(from: String, to: String, day: String, changes: [String]) throws {
        let window = try Self.window(
            """
            weekly: {days: [mon, tue, wed, thu, fri, sat, sun], from: "\(from)", to: "\(to)"}
            time_zone: Europe/Berlin
            """)
        let midnight = try time(day) - .hours(day.contains("-03-") ? 1 : 2)
        let next = try time(day) + .hours(22)
        #expect(try self.changes(window, from: midnight.iso8601, to: next.iso8601) == changes)
    }

    @Test("one is about the alerts of its scope")
    func scope() throws {
        let schedule = "from: 2026-05-01\nuntil: 2026-05-02"
        let window = try Self.window(schedule, scope: "['service=\"shop\"', 'env=~\"prod.*\"']")
        let moment = try time("2026-05-01T12:00:00Z")
        #expect(window.isActive(at: moment, labels: Labels(["service": "shop", "env": "production"])))
        #expect(!window.isActive(at: moment, labels: Labels(["service": "shop"])))
        #expect(try Self.window(schedule).isActive(at: moment, labels: Labels()))
        #expect(try !Self.window(schedule).isActive(at: moment - .hours(24), labels: Labels()))
    }

    @Test("a maintenance holds notices back, a freeze has runbooks proposed")
    func effects() throws {
        let text = [
            ("calm", "effect: maintenance\nscope: service=shop"),
            ("still", "effect: maintenance\nscope: service=shop\nremediation: blocked"),
            ("frozen", "effect: freeze\nscope: service=till"),
        ].map { id, more in
            "kind: window\nid: \(id)\ntitle: t\nowner: o\nfrom: 2026-05-01\nuntil: 2026-05-0\(id == "still" ? 2 : 4)\n\(more)"
        }.joined(separator: "\n---\n")
        let set = try RuleLoader.load(text: text, file: "f").windows
        let (shop, till) = (Labels(["service": "shop"]), Labels(["service": "till"]))
        let blocked = try set.effect(at: time("2026-05-01"), labels: shop)
        #expect(blocked.maintenance == ["calm", "still"])
        #expect(blocked.blocks == ["still"])
        #expect(ResponseMode.allCases.map(blocked.mode) == [.shadow, .propose, .propose, .propose])
        let calm = try set.effect(at: time("2026-05-02"), labels: shop)
        #expect(calm.holdsNotices)
        #expect(ResponseMode.allCases.map(calm.mode) == [.shadow, .propose, .approve, .propose])
        let frozen = try set.effect(at: time("2026-05-02"), labels: till)
        #expect(!frozen.holdsNotices)
        #expect(ResponseMode.allCases.map(frozen.mode) == [.shadow, .propose, .approve, .propose])
        #expect(try set.effect(at: time("2026-05-02"), labels: Labels()) == WindowEffect())
        #expect(try set.nextChange(after: time("2026-05-01")) == time("2026-05-02"))
        #expect(try set.nextChange(after: time("2026-05-04")) == nil)
    }

    @Test("times for which there are no clocks are outside of every window")
    func extremes() throws {
        let window = try Self.window("weekly: {days: [sat], from: \"22:00\", to: \"06:00\"}\ntime_zone: Europe/Berlin")
        for milliseconds in [Int64.min, .max, -62_135_683_200_001, 253_402_300_800_000] {
            #expect(!window.isActive(at: Timestamp(milliseconds: milliseconds)))
            #expect(window.nextChange(after: Timestamp(milliseconds: milliseconds)) == nil)
        }
    }
}
