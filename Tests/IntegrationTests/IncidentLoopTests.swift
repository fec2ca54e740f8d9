import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Alerts of a real Prometheus and of a real Alertmanager become one incident, which a person takes on, and which outlives a
/// killed engine.
@Suite("Incidents, with real peers", .serialized)
struct IncidentLoopTests {
    private static let alertmanager = "/usr/bin/prometheus-alertmanager"

    private static let rules = """
        kind: rule
        id: elsewhere
        title: Another system raises an alert
        status: stable
        severity: warning
        when: {c: {source: alert, where: 'alert.name.endsWith("Down")'}}
        group_by: [alertname, service]
        ---
        kind: services
        services:
          - {name: shop, depends_on: [db]}
          - {name: db}
        """

    private static let prometheusRules = """
        groups:
          - name: always
            interval: 1s
            rules: [{alert: ShopDown, expr: vector(1), labels: {service: shop, severity: critical}}]
        """

    /// The programs with their directory.
    private final class Site: Sendable {
        let directory: TemporaryDirectory
        let auspex: HTTP
        let alerts: HTTP
        private let prometheusPort: Int

        init() throws {
            directory = try TemporaryDirectory()
            auspex = HTTP(port: try freePort())
            alerts = HTTP(port: try freePort())
            prometheusPort = try freePort()
        }

        func startEngine() async throws -> Daemon {
            _ = try directory.file("rules.yaml", IncidentLoopTests.rules)
            _ = try directory.file("token", "t0ken")
            _ = try directory.file(
                "auspex.yaml",
                """
                listen: 127.0.0.1:\(auspex.port)
                rules: [rules.yaml]
                hooks: {alertmanager_token_file: token}
                """)
            let engine = try await Daemon(
                "auspex", Programs.auspex, ["serve", "--config", "auspex.yaml"], in: directory.path,
                environment: ["OPENBLAS_NUM_THREADS": "1"])
            _ = try await eventually("the engine is ready", within: .seconds(30)) {
                try await auspex.get("/readyz").status == 200 ? true : nil
            }
            return engine
        }

        func startPrometheus() async throws -> Daemon {
            _ = try directory.file("alerts.yml", IncidentLoopTests.prometheusRules)
            _ = try directory.file(
                "prometheus.yml",
                """
                rule_files: [alerts.yml]
                alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:\(auspex.port)']}]}]}
                """)
            return try await Daemon(
                "prometheus", Peers.prometheus,
                [
                    "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                    // It may not know whom to tell yet when it does so first.
                    "--rules.alert.resend-delay=1s",
                    "--web.listen-address=127.0.0.1:\(prometheusPort)",
                ], in: directory.path)
        }

        func startAlertmanager() async throws -> Daemon {
            _ = try directory.file(
                "alertmanager.yml",
                """
                route: {receiver: auspex, group_by: [alertname], group_wait: 0s, group_interval: 1s}
                receivers:
                  - name: auspex
                    webhook_configs:
                      - url: http://127.0.0.1:\(auspex.port)/hooks/alertmanager
                        http_config: {authorization: {credentials: t0ken}}
                """)
            let daemon = try await Daemon(
                "alertmanager", IncidentLoopTests.alertmanager,
                [
                    "--config.file=alertmanager.yml", "--storage.path=notices", "--cluster.listen-address=",
                    "--web.listen-address=127.0.0.1:\(alerts.port)",
                ], in: directory.path)
            _ = try await eventually("Alertmanager is ready") {
                try await alerts.get("/-/ready").status == 200 ? true : nil
            }
            return daemon
        }

        /// Tells Alertmanager that the database is down, or that it is not any more.
        func database(isDown: Bool) async throws {
            let now = SystemWallClock().now()
            let alert: JSONValue = .object([
                "labels": .object(["alertname": .string("DbDown"), "service": .string("db")]),
                "endsAt": .string((isDown ? now + .hours(1) : now).iso8601),
            ])
            #expect(try await alerts.post("/api/v2/alerts", json: .array([alert])).status == 200)
        }

        /// Runs the command line against the engine, and gives what it prints.
        func command(_ arguments: String...) async throws -> String {
            let name = "command-" + RandomIDSource().next()
            let program = try await Daemon(
                name, Programs.auspex, arguments + ["--server", "http://127.0.0.1:\(auspex.port)"],
                in: directory.path)
            await program.finished()
            return program.log
        }
    }

    @Test(
        "alerts of two systems are one incident, which is taken on and outlives a killed engine",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: alertmanager)
                && FileManager.default.isExecutableFile(atPath: Peers.prometheus),
            "needs prometheus and prometheus-alertmanager"),
        .timeLimit(.minutes(4)))
    func loop() async throws {
        let site = try Site()
        var engine = try await site.startEngine()
        let peers = [try await site.startPrometheus(), try await site.startAlertmanager()]
        defer { for peer in peers { peer.signal(SIGKILL) } }
        try await site.database(isDown: true)
        let incident = try await eventually("both alerts are in one incident", within: .seconds(60)) {
            try await site.auspex.get("/api/v1/incidents?state=open").json.array?.first {
                $0["services"]?.array?.compactMap(\.string) == ["db", "shop"] && $0["alertCount"]?.int == 2
            }
        }
        let id = try #require(incident["id"]?.string)
        #expect(try await site.command("incident", "list").contains(id))
        #expect(try await site.command("incident", "ack", id, "--by", "ann").hasPrefix("\(id)  acknowledged by ann"))
        let shown = try await site.command("incident", "show", id)
        #expect(shown.contains("taken on by ann") && shown.contains("depends on db"), "\(shown)")

        await engine.stop(SIGKILL)
        engine = try await site.startEngine()
        let known = try await site.auspex.get("/api/v1/incidents/\(id)").json
        #expect(known["state"]?.string == "acknowledged")
        #expect(known["history"]?.array?.count { $0["actor"]?.string == "ann" } == 1)
        try await site.database(isDown: false)
        _ = try await eventually("the alert is over here, too", within: .seconds(60)) {
            try await site.auspex.get("/api/v1/incidents/\(id)").json["firingCount"]?.int == 1 ? true : nil
        }
        #expect(try await site.command("alert", "list", "--matchers", "alertname=ShopDown").contains("elsewhere"))
        await engine.stop()
    }
}
