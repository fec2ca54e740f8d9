import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct ChangeContextTests {
    static let moments: [(String, Int, ClockTime.Weekday)] = [
        ("1970-01-01T00:00:00Z", 0, .thursday), ("1969-12-31T23:59:59Z", 23, .wednesday),
        ("1969-12-29T00:00:00Z", 0, .monday), ("2026-03-01T12:00:00Z", 12, .sunday),
        ("2024-02-29T16:30:00Z", 16, .thursday), ("2026-11-27T15:00:00Z", 15, .friday),
    ]

    @Test("hour and weekday are those of UTC, also before 1970", arguments: moments)
    func clock(text: String, hour: Int, weekday: ClockTime.Weekday) throws {
        let clock = ClockTime(try #require(Timestamp(iso8601: text)))
        #expect(clock.hour == hour && clock.weekday == weekday)
        for end in [Int64.min, .max] {
            #expect((0...23).contains(ClockTime(Timestamp(milliseconds: end)).hour))
        }
    }

    @Test("few changes are pulled towards what is usual, many speak for themselves")
    func shrinkage() {
        #expect(FailureRate(failures: 0, changes: 0, usual: 0.15).estimate == 0.15)
        #expect(FailureRate(failures: 1, changes: 1, usual: 0.15).estimate == 4.0 / 21)
        #expect(FailureRate(failures: 20, changes: 20, usual: 0).estimate == 0.5)
        #expect(abs(FailureRate(failures: 300, changes: 1_000, usual: 0).estimate - 0.294) < 0.001)
    }

    @Test("content and context come back from JSON as they were, unknown members left out")
    func roundTrip() throws {
        var context = ChangeContext()
        context.askedAt = GateTests.now
        context.content = ChangeContent(
            commits: 3, files: [.migration: 1, .source: 2], committedAt: GateTests.now,
            oldestAt: GateTests.now - .hours(3))
        (context.commits, context.dependents) = (3, 0)
        (context.commitAge, context.sampleAge, context.sinceLastDeploy) = (.zero, .seconds(1), .hours(2))
        context.author = FailureRate(failures: 1, changes: 2, usual: 0.1)
        context.incidents = [.init(id: "i", title: "t", severity: .warning, service: "db", isDependency: true)]
        context.freezes = [.init(id: "f", title: "F")]
        context.dependencyAnomalies = .init(anomalous: 1, ready: 4)
        let text = try JSONText.pretty(context)
        #expect(try JSONDecoder().decode(ChangeContext.self, from: Data(text.utf8)) == context)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let content = try #require(object["content"] as? [String: Any])
        #expect(content["weekday"] as? String == "sunday" && content["hour"] as? Int == 12)
        #expect(content["tests"] as? Bool == false)
        #expect((content["files"] as? [String: Int]) == ["migration": 1, "source": 2])
        #expect(object["sinceLastDeploy"] as? Int == 7_200_000 && object["anomalies"] is NSNull)
        #expect(try JSONDecoder().decode(ChangeContext.self, from: Data("{}".utf8)) == ChangeContext())
    }

    @Test(
        "a content that cannot be is refused",
        arguments: [#"{"commits":-1}"#, #"{"files":{"source":-1}}"#, #"{"files":{"poetry":1}}"#])
    func refused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ChangeContent.self, from: Data(text.utf8))
        }
    }
}
