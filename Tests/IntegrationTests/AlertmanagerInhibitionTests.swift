import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

/// Random alerts that begin and end, with a real Alertmanager as the judge of which of them others keep quiet.
@Suite("Inhibition as an Alertmanager has it")
struct AlertmanagerInhibitionTests {
    private static let program = "/usr/bin/prometheus-alertmanager"
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
        .enabled(if: FileManager.default.isExecutableFile(atPath: program), "needs prometheus-alertmanager"))
    func timelines() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "alertmanager-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "alertmanager.yml")
        try Self.configuration.write(to: file, atomically: true, encoding: .utf8)
        let http = HTTP(port: try freePort())
        let alertmanager = try await Daemon(
            "alertmanager", Self.program,
            [
                "--config.file=\(file.path)", "--storage.path=\(folder.path)/data", "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:\(http.port)",
            ], in: folder.path)
        defer { alertmanager.signal(SIGKILL) }
        _ = try await eventually("Alertmanager is ready") { () -> Bool? in
            try await http.get("/-/ready").status == 200 ? true : nil
        }

        var generator = SplitMix64(seed: 7)
        var alerts = (0..<Self.timelines).flatMap { timeline in
            (0..<Self.alertsEach).map { alert($0, timeline, &generator) }
        }
        var indices = Self.rules().map { InhibitionIndex($0, graph: ServiceGraph()) }
        var inhibitedAtAll = 0
        for step in 0..<Self.steps {
            for place in alerts.indices where step == 0 || Int.random(in: 0..<3, using: &generator) == 0 {
                let fires = alerts[place].state != .firing && Bool.random(using: &generator)
                alerts[place].state = fires ? .firing : .resolved
                alerts[place].firedAt = Timestamp(milliseconds: Int64(step) * 60_000)
            }
            for alert in alerts {
                for index in indices.indices { indices[index].update(alert) }
            }
            let now = Timestamp(milliseconds: Int64(step) * 60_000)
            let ours = Set(indices.flatMap { $0.inhibitions(now: now) }.map(\.target))
            inhibitedAtAll += ours.count
            let taken = try await http.post("/api/v2/alerts", json: Self.json(alerts))
            #expect(taken.status == 200, "\(taken.text)")
            let firing = Set(alerts.filter { $0.state == .firing }.map(\.id))
            // It takes alerts in by the way; what it says once it knows them all is what counts.
            let theirs = try await eventually("Alertmanager agrees at step \(step)", within: .seconds(20)) {
                () -> Set<String>? in
                let known = try await http.get("/api/v2/alerts").json.array ?? []
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
        let id = "\(timeline)-\(number)"
        let labels = Labels([
            "id": id, "timeline": "\(timeline)", "severity": one(["critical", "warning", "info"]),
            "cluster": one(["a", "b", ""]), "service": one(["x", "y"]), "kind": one(["down", "slow", "other"]),
        ])
        let start = Timestamp(milliseconds: 0)
        let fact = MetricFact(labels: labels, reading: Reading(time: start, value: 1))
        return Alert(
            id: id, rule: "r", title: id, severity: .info, owner: "", runbookURL: "", group: labels, labels: labels,
            state: .pending, startedAt: start, firedAt: start, resolvedAt: nil, evidence: Evidence(.metric(fact)),
            related: nil, risk: nil, heldBack: nil, standsFor: nil, note: "")
    }

    /// The alerts as an Alertmanager takes them; those that don't fire ended just now.
    private static func json(_ alerts: [Alert]) -> JSONValue {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        return .array(
            alerts.map { alert in
                let shown = alert.labels.pairs.filter { !$0.value.isEmpty }
                let labels = shown.map { ($0.name, JSONValue.string($0.value)) }
                let end = alert.state == .firing ? now + .hours(1) : now - .seconds(1)
                return .object([
                    "labels": .object(Dictionary(labels + [("alertname", .string("A"))]) { first, _ in first }),
                    "startsAt": .string((now - .minutes(1)).iso8601), "endsAt": .string(end.iso8601),
                ])
            })
    }
}
