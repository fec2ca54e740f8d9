import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

/// Random alerts that begin and end, with a real Alertmanager as the judge of which of them others keep quiet.
@Suite("Inhibition as an Alertmanager has it")
struct AlertmanagerInhibitionTests {
    private static let timelines = 48
    private static let alertsEach = 7
    private static let steps = 6

    /// Sources and targets of two rules: one by severity, and one whose sources are targets as well.
    private static let configuration = """
        route: {receiver: none, group_by: ['...']}
        receivers: [{name: none}]
        inhibit_rules:
        - source_matchers: ['severity="critical"']
          target_matchers: ['severity="warning"']
          equal: [timeline, cluster, service]
        - source_matchers: ['kind="down"']
          target_matchers: ['kind=~"down|slow"']
          equal: [timeline, service]
        """

    private static func rules() -> [InhibitionRule] {
        [
            InhibitionRule(
                labels: .init(equal: ["timeline", "cluster", "service"]) { $0.labels["severity"] == "critical" },
                longest: .hours(1_000), isTarget: { $0.labels["severity"] == "warning" }),
            InhibitionRule(
                labels: .init(equal: ["timeline", "service"]) { $0.labels["kind"] == "down" }, longest: .hours(1_000),
                isTarget: { ["down", "slow"].contains($0.labels["kind"] ?? "") }),
        ]
    }

    @Test(
        "which alerts are kept quiet, at every step",
        .enabled(if: Alertmanager.isHere, "needs prometheus-alertmanager"))
    func timelines() async throws {
        let alertmanager = try await Alertmanager(configuration: Self.configuration)
        var generator = SplitMix64(seed: 7)
        var alerts = (0..<Self.timelines).flatMap { timeline in
            (0..<Self.alertsEach).map { alert($0, timeline, &generator) }
        }
        var indices = Self.rules().map { InhibitionIndex($0, graph: ServiceGraph()) }
        var inhibitedAtAll = 0
        for step in 0..<Self.steps {
            for place in alerts.indices where step == 0 || Int.random(in: 0..<3, using: &generator) == 0 {
                let fires = alerts[place].state != .firing && Bool.random(using: &generator)
                alerts[place].turn(fires ? .firing : .resolved, at: Timestamp(milliseconds: Int64(step) * 60_000))
            }
            for alert in alerts {
                for index in indices.indices { indices[index].update(alert) }
            }
            let now = Timestamp(milliseconds: Int64(step) * 60_000)
            let ours = Set(indices.flatMap { $0.inhibitions(now: now) }.map(\.target))
            inhibitedAtAll += ours.count
            let taken = try await alertmanager.post(alerts)
            #expect(taken.status == 200, "\(taken.text)")
            let firing = Set(alerts.filter { $0.state == .firing }.map(\.id))
            // It takes alerts in by the way; what it says once it knows them all is what counts.
            let theirs = try await eventually("Alertmanager agrees at step \(step)", within: .seconds(20)) {
                () -> Set<String>? in
                let known = try await alertmanager.http.get("/api/v2/alerts").json.array ?? []
                let quiet = known.filter { $0["status"]?["state"]?.string == "suppressed" }
                let all = Set(known.compactMap { $0["labels"]?["id"]?.string })
                let suppressed = Set(quiet.compactMap { $0["labels"]?["id"]?.string })
                return all == firing && suppressed == ours ? suppressed : nil
            }
            #expect(theirs == ours)
        }
        #expect(inhibitedAtAll > Self.timelines)
    }

    private func alert(_ number: Int, _ timeline: Int, _ generator: inout SplitMix64) -> Alert {
        func one(_ values: [String]) -> String { values[Int.random(in: values.indices, using: &generator)] }
        return Alert(
            id: "\(timeline)-\(number)",
            [
                "timeline": "\(timeline)", "severity": one(["critical", "warning", "info"]),
                "cluster": one(["a", "b", ""]), "service": one(["x", "y"]), "kind": one(["down", "slow", "other"]),
            ])
    }
}
