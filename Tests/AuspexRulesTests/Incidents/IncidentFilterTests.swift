import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Asking for incidents")
struct IncidentFilterTests {
    private var incident: Incident {
        var tracker = IncidentTracker(graph: dependencies("a > dns", "b > dns"))
        tracker.take(alert("1", "a", at: 10), alert("2", "b", at: 11), alert("3", "dns", at: 12), at: 20)
        return tracker.incidents.first
            ?? Incident(
                id: "", first: IncidentAlert(alert("", at: 0), firedAt: second(0), service: "", labels: Labels()),
                agreeing: Labels())
    }

    @Test(
        "each condition counts",
        arguments: [
            (IncidentFilter(), true), (IncidentFilter(ids: [incidentID("1")]), true),
            (IncidentFilter(ids: [incidentID("2")]), true), (IncidentFilter(ids: [incidentID("3")]), false),
            (IncidentFilter(states: [.open]), true), (IncidentFilter(states: [.resolved]), false),
            (IncidentFilter(service: "dns"), true), (IncidentFilter(service: "x"), false),
            (IncidentFilter(severity: .info), true), (IncidentFilter(severity: .critical), false),
            (IncidentFilter(alert: "2"), true), (IncidentFilter(alert: "x"), false),
            (IncidentFilter(startedSince: second(10)), true), (IncidentFilter(startedSince: second(11)), false),
        ])
    func conditions(filter: IncidentFilter, isMatch: Bool) {
        #expect(filter.matches(incident) == isMatch)
    }
}
