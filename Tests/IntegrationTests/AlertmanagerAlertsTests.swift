import AuspexRules
import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import Testing

/// The same requests to a real Alertmanager and to our own book-keeping: the same alerts must be active.
@Suite("Alerts as an Alertmanager keeps them", .serialized)
struct AlertmanagerAlertsTests {
    private static let program = "/usr/bin/prometheus-alertmanager"
    private static let sequences: Range<UInt64> = 0..<24
    private static let alertsEach = 5
    private static let steps = 16
    /// So long all alerts wait in some steps, so that short ones end by themselves. An alert that is over before it
    /// arrives ends what it follows, so the shortest must outlast a request on a busy machine.
    private static let short = TimeSpan.seconds(8)

    @Test(
        "which alerts are active, at every step",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: program), "needs prometheus-alertmanager"),
        arguments: [TimeSpan.hours(1), short])
    func active(resolveTimeout: TimeSpan) async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file(
            "alertmanager.yml",
            """
            global: {resolve_timeout: \(resolveTimeout)}
            route: {receiver: none}
            receivers: [{name: none}]
            """)
        let http = HTTP(port: try freePort())
        let alertmanager = try await Daemon(
            "alertmanager", Self.program,
            [
                "--config.file=\(file)", "--storage.path=\(directory.path)/data", "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:\(http.port)",
            ], in: directory.path)
        defer { alertmanager.signal(SIGKILL) }
        _ = try await eventually("Alertmanager is ready") { () -> Bool? in
            try await http.get("/-/ready").status == 200 ? true : nil
        }

        let clock = SystemWallClock()
        var alerts = OutsideAlerts()
        var senders = Self.sequences.map { Sender(sequence: $0, alerts: Self.alertsEach) }
        var (begun, ended) = (0, 0)
        for step in 0..<Self.steps {
            if step % 8 == 7 {
                let end = clock.now() + Self.short
                _ = try await eventually("short alerts end") { () -> Bool? in clock.now() > end ? true : nil }
            }
            let now = clock.now()
            let body = JSONValue.array(senders.indices.flatMap { senders[$0].alerts(at: now) })
            let decoded = try AlertmanagerAlerts.decode(
                Array(body.canonicalText.utf8), resolveTimeout: resolveTimeout, now: now)
            var facts = alerts.receive(decoded.alerts, at: now)
            let taken = try await http.post("/api/v2/alerts", json: body)
            #expect(taken.status == (decoded.refused > 0 ? 400 : 200), "\(taken.text)")
            // Between our asking and its answering an alert may end; a moment later both must say the same.
            let agreed = try? await eventually("Alertmanager agrees", within: .seconds(30)) { () -> Bool? in
                let known = try await http.get("/api/v2/alerts").json.array ?? []
                facts += alerts.advance(to: clock.now())
                return Set(known.compactMap { $0["labels"]?["id"]?.string }) == Self.ids(alerts) ? true : nil
            }
            if agreed == nil {
                let known = try await http.get("/api/v2/alerts").json.array ?? []
                let theirs = Set(known.compactMap { $0["labels"]?["id"]?.string })
                let ours = Self.ids(alerts)
                Issue.record(
                    "step \(step): only theirs \(theirs.subtracting(ours)), only ours \(ours.subtracting(theirs))")
                return
            }
            begun += facts.count { if case .alert(let alert) = $0 { alert.state == .firing } else { false } }
            ended += facts.count { if case .alert(let alert) = $0 { alert.state == .resolved } else { false } }
        }
        #expect(begun > 2 * Self.sequences.count && ended > Self.sequences.count)
    }

    private static func ids(_ alerts: OutsideAlerts) -> Set<String> {
        Set(alerts.firing.compactMap { $0.labels["id"] })
    }

    /// Says of some alerts at random that they fire, with and without an end, or are over.
    ///
    /// Ends always lie just behind: of one that is overtaken by a later beginning an Alertmanager keeps what came last,
    /// and we don't.
    private struct Sender {
        let sequence: UInt64
        let alerts: Int
        private var generator: SplitMix64

        init(sequence: UInt64, alerts: Int) {
            self.sequence = sequence
            self.alerts = alerts
            generator = SplitMix64(seed: sequence)
        }

        mutating func alerts(at now: Timestamp) -> [JSONValue] {
            var sent: [JSONValue] = []
            for alert in 0..<alerts where Int.random(in: 0..<3, using: &generator) == 0 {
                sent.append(self.alert("\(sequence)-\(alert)", now))
            }
            return sent
        }

        private mutating func alert(_ id: String, _ now: Timestamp) -> JSONValue {
            let start = now - .seconds(.random(in: 1...90, using: &generator))
            var members: [String: JSONValue] = [
                "labels": .object(["alertname": .string("A"), "id": .string(id), "empty": .string("")]),
                "annotations": .object(["value": .string("\(generator.next())")]),
            ]
            if Bool.random(using: &generator) { members["startsAt"] = .string(start.iso8601) }
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...2: break
            case 3...4: members["endsAt"] = .string((now + .minutes(.random(in: 30...60, using: &generator))).iso8601)
            case 5...6:
                let span = TimeSpan(milliseconds: .random(in: 6_000...7_900, using: &generator))
                members["endsAt"] = .string((now + span).iso8601)
            case 7...9: members["endsAt"] = .string((now - TimeSpan(milliseconds: 1)).iso8601)
            case 10: members["labels"] = .object(["empty": .string("")])
            default:
                members["startsAt"] = .string((now + .minutes(1)).iso8601)
                members["endsAt"] = .string(now.iso8601)
            }
            return .object(members)
        }
    }
}
