import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

/// Random alerts that begin and end under routes with `group_by`, with a real Alertmanager as the judge of which of them
/// are one group, and our incidents, held together by the same labels and nothing else, against it.
///
/// One thing is different on purpose. To an Alertmanager a missing label is an empty one, and alerts that lack it are a
/// group: it only puts them into one message. An incident says that alerts belong together, and that two say nothing of
/// their cluster is no reason to think so; so an alert without one of the labels stays alone here, where nothing else
/// connects it. Labels that name a service would.
@Suite("Incidents as an Alertmanager groups alerts")
struct AlertmanagerGroupingTests {
    private static let timelines = 48
    private static let alertsEach = 9
    private static let steps = 7
    private static let groupings = [
        ["team"], ["cluster"], ["team", "cluster"], ["team", "kind"], ["team", "cluster", "kind"],
    ]

    /// The alerts of one timeline, and the tracker that puts them together.
    private struct Timeline {
        let number: Int
        let groupBy: [String]
        var alerts: [Alert]
        var tracker: IncidentTracker

        init(_ number: Int, _ generator: inout SplitMix64) {
            func one(_ values: [String]) -> String { values[Int.random(in: values.indices, using: &generator)] }
            self.number = number
            groupBy = groupings[number % groupings.count]
            alerts = (0..<alertsEach).map { place in
                Alert(
                    id: "\(number)-\(place)",
                    [
                        "timeline": "\(number)", "team": one(["a", "b", "b", ""]), "cluster": one(["x", "y", ""]),
                        "kind": one(["down", "slow"]),
                    ])
            }
            let most = IncidentSettings.Storm.largest
            tracker = IncidentTracker(
                settings: IncidentSettings(
                    window: .hours(1_000), depth: 0, agree: groupBy, together: groupBy, quiet: .seconds(1),
                    reopenWithin: .zero, allowLate: .zero, storm: .init(alertsPerMinute: most, services: most)))
        }

        var route: String {
            "  - {receiver: none, matchers: ['timeline=\"\(number)\"'], group_by: [\(groupBy.joined(separator: ", "))]}"
        }

        /// Lets some alerts begin and others end.
        mutating func step(_ step: Int, _ generator: inout SplitMix64) {
            let time = Timestamp(milliseconds: Int64(step) * 60_000)
            for place in alerts.indices where step == 0 || Int.random(in: 0..<3, using: &generator) == 0 {
                let fires = alerts[place].state != .firing && Bool.random(using: &generator)
                // One that has never fired has nothing to resolve.
                guard fires || alerts[place].state == .firing else { continue }
                alerts[place].turn(fires ? .firing : .resolved, at: time)
                _ = tracker.handle([.alert(alerts[place])], now: time)
            }
            _ = tracker.advance(to: time + .seconds(2))
        }

        /// Which of the alerts that fire are in one incident.
        var incidents: Set<Set<String>> {
            let firing = alerts.filter { $0.state == .firing }.map(\.id)
            let incidents = Dictionary(grouping: firing) { tracker.incident(ofAlert: $0)?.id ?? "none" }
            return Set(incidents.values.map { Set($0) })
        }
    }

    /// A group of an Alertmanager's.
    private struct Group {
        let labels: Set<String>
        let alerts: Set<String>

        init(_ json: JSONValue) {
            labels = Set((json["labels"]?.object ?? [:]).keys)
            alerts = Set(json["alerts"]?.array?.compactMap { $0["labels"]?["id"]?.string } ?? [])
        }
    }

    @Test(
        "which alerts are together, at every step",
        .enabled(if: Alertmanager.isHere, "needs prometheus-alertmanager"))
    func timelines() async throws {
        var generator = SplitMix64(seed: 13)
        var timelines = (0..<Self.timelines).map { Timeline($0, &generator) }
        let alertmanager = try await Alertmanager(
            configuration: """
                route:
                  receiver: none
                  routes:
                \(timelines.map(\.route).joined(separator: "\n"))
                receivers: [{name: none}]
                """)
        var (together, alone) = (0, 0)
        for step in 0..<Self.steps {
            for place in timelines.indices { timelines[place].step(step, &generator) }
            let alerts = timelines.flatMap(\.alerts).filter { $0.state != .pending }
            let taken = try await alertmanager.post(alerts)
            #expect(taken.status == 200, "\(taken.text)")
            let firing = Set(alerts.filter { $0.state == .firing }.map(\.id))
            let groups = try await eventually("Alertmanager knows all alerts of step \(step)") { () -> [Group]? in
                let groups = try await alertmanager.http.get("/api/v2/alerts/groups").json.array ?? []
                let read = groups.map { Group($0) }
                return Set(read.flatMap(\.alerts)) == firing ? read : nil
            }
            for timeline in timelines {
                let theirs = groups.filter { group in group.alerts.contains { $0.hasPrefix("\(timeline.number)-") } }
                let whole = theirs.filter { $0.labels.isSuperset(of: timeline.groupBy) }.map(\.alerts)
                let rest = theirs.filter { !$0.labels.isSuperset(of: timeline.groupBy) }.flatMap(\.alerts)
                #expect(timeline.incidents == Set(whole + rest.map { [$0] }), "\(timeline.groupBy) at step \(step)")
                together += whole.count { $0.count > 1 }
                alone += rest.count
            }
        }
        // Otherwise little was compared.
        #expect(together > 100 && alone > 100)
    }
}
