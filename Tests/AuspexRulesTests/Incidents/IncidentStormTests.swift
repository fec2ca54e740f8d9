import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Storms of alerts")
struct IncidentStormTests {
    private static let settings = IncidentSettings(
        storm: IncidentSettings.Storm(alertsPerMinute: 10, services: 5, coolDown: .minutes(10)))

    @Test("too many alerts in a minute begin a storm, and what follows goes into its incident")
    func dense() throws {
        var tracker = IncidentTracker(settings: Self.settings)
        for number in 0..<10 { tracker.take(alert("\(number)", "s", at: Int64(number)), at: Int64(number)) }
        #expect(!tracker.isStorm)
        tracker.take(alert("10", "s", at: 10), at: 10)
        #expect(tracker.isStorm)
        tracker.take(alert("11", "t", at: 11, rule: "latency"), at: 11)
        let storm = try #require(tracker.stormIncident)
        #expect(storm.isStorm && storm.alerts.map(\.id) == ["10", "11"])
        #expect(storm.title == "Alert storm: 2 alerts on 2 services (errors 1, latency 1)")
        #expect(storm.summary?.byService == ["s": 1, "t": 1])
        #expect(storm.alerts.map(\.reason) == ["the first alert of the storm", "joined because of a storm of alerts"])
    }

    @Test("a storm that is over by the time that it is looked at was one all the same")
    func past() {
        var tracker = IncidentTracker(settings: Self.settings)
        let alerts = (0..<20).map { IncidentEvent.alert(alert("\($0)", "s", at: Int64($0))) }
        _ = tracker.handle(alerts, now: second(3_600))
        #expect(!tracker.isStorm && tracker.hadStorm)
        _ = tracker.advance(to: second(3_601))
        #expect(!tracker.hadStorm)
    }

    @Test("as many alerts over a longer time are no storm")
    func sparse() {
        var tracker = IncidentTracker(settings: Self.settings)
        for number in 0..<40 { tracker.take(alert("\(number)", "s", at: Int64(number) * 6), at: Int64(number) * 6) }
        #expect(!tracker.isStorm && tracker.incidents.count == 1)
    }

    @Test("alerts of too many services in a minute begin a storm")
    func wide() {
        var tracker = IncidentTracker(settings: Self.settings)
        for number in 0..<5 { tracker.take(alert("\(number)", "s\(number)", at: 0), at: 0) }
        #expect(!tracker.isStorm)
        tracker.take(alert("5", "s5", at: 59), at: 59)
        #expect(tracker.isStorm)
    }

    @Test("a storm is over after a quiet cool-down, and alerts are put together one by one again")
    func coolDown() throws {
        var tracker = IncidentTracker(settings: Self.settings)
        for number in 0..<12 { tracker.take(alert("\(number)", "s", at: 0), at: 0) }
        tracker.take(alert("more", "t", at: 300), at: 300)
        #expect(tracker.incident(ofAlert: "more")?.isStorm == true)
        _ = tracker.advance(to: second(599))
        #expect(tracker.isStorm)
        _ = tracker.advance(to: second(600))
        #expect(!tracker.isStorm && tracker.stormIncident == nil)
        let storm = try #require(tracker.incidents.first { $0.isStorm })
        #expect(storm.history.map(\.text).last == "the storm is over: quiet for 10m")
        tracker.take(alert("later", "t", at: 610), at: 610)
        #expect(tracker.incident(ofAlert: "later")?.isStorm == false)
    }

    @Test("an alert that comes back goes where it was, and does not count as new")
    func returning() {
        var tracker = IncidentTracker(settings: Self.settings)
        tracker.take(alert("home", "h", at: 0), at: 0)
        for number in 0..<30 {
            let start = Int64(number) * 2 + 1
            tracker.take(alert("home", "h", at: 0, until: start), at: start)
            var again = alert("home", "h", at: 0)
            again.firedAt = second(start + 1)
            tracker.take(again, at: start + 1)
        }
        #expect(!tracker.isStorm)
        for number in 0..<12 { tracker.take(alert("\(number)", "s", at: 100), at: 100) }
        #expect(tracker.isStorm)
        tracker.take(alert("home2", "h", at: 101, group: ["alert": "home"]), at: 101)
        #expect(tracker.incident(ofAlert: "home2")?.id == incidentID("home"))
    }

    @Test("a storm's incident lists so many alerts and counts the rest by rule and service")
    func large() throws {
        var tracker = IncidentTracker(settings: Self.settings, limits: IncidentLimits(alertsPerIncident: 50))
        let alerts = (0..<500).map {
            IncidentEvent.alert(alert("\($0)", "s\($0 % 300)", at: 0, rule: "r\($0 % 3)"))
        }
        _ = tracker.handle(alerts, now: second(0))
        let storm = try #require(tracker.stormIncident)
        let summary = try #require(storm.summary)
        #expect(storm.alerts.count == 50 && storm.alertCount > 480)
        #expect(summary.byRule.values.reduce(0, +) == storm.alertCount)
        #expect(summary.byService.count == AlertSummary.mostNames + 1)
        #expect(summary.byService[AlertSummary.others] ?? 0 > 0)
    }
}
