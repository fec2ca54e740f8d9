import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Rules whose alerts others keep quiet")
struct InhibitedRuleTests {
    /// A rule `slow` that the alerts of `down` may inhibit, and services of which shop depends on api, and api on db.
    private func engine(_ inhibitedBy: String, more: String = "") throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: slow
                    title: Slow
                    severity: warning
                    when: {c: {source: metric, where: 'm.name == "latency" && m.value > 1.0'}}
                    group_by: [service]
                    inhibited_by: \(inhibitedBy)
                    then: [{runbook: look, mode: propose}]
                    \(more)
                    ---
                    kind: rule
                    id: down
                    title: Down
                    severity: critical
                    when: {c: {source: metric, where: 'm.name == "down" && m.value > 0.0'}}
                    group_by: [service]
                    ---
                    kind: services
                    services:
                      - {name: shop, depends_on: [api]}
                      - {name: api, depends_on: [db]}
                      - {name: db}
                      - {name: mail}
                    """, file: "rules.yaml"))
    }

    private func take(
        _ engine: inout RuleEngine, _ name: String, _ service: String, _ seconds: Int64, _ value: Double
    ) -> [String] {
        let labels = Labels([Labels.metricName: name, "service": service])
        let fact = MetricFact(labels: labels, reading: Reading(time: second(seconds), value: value))
        return told(engine.handle(.metric(fact), now: second(seconds)) + engine.advance(to: second(seconds)))
    }

    private func told(_ events: [RuleEvent]) -> [String] {
        events.map { event in
            guard let alert = event.alert else { return event.brief }
            let quiet = alert.heldBack.map { " \($0.prefix { $0 != "(" })" } ?? ""
            return "\(alert.rule) \(alert.group["service"] ?? "") \(alert.state.rawValue)\(quiet)"
        }
    }

    private static let upstream = "{topology: {direction: upstream, depth: 2, where: 'alert.severity == \"critical\"'}}"

    @Test("what a dependency explains is quiet and starts nothing, until the dependency is well and it still isn't")
    func topology() throws {
        var engine = try engine(Self.upstream)
        #expect(take(&engine, "down", "db", 0, 1) == ["down db firing"])
        #expect(take(&engine, "latency", "shop", 10, 5) == ["slow shop firing inhibited by 'Down' "])
        #expect(take(&engine, "latency", "mail", 10, 5) == ["slow mail firing", "run look"])
        #expect(engine.activeAlerts.first { $0.rule == "slow" && $0.group["service"] == "shop" }?.heldBack != nil)
        #expect(take(&engine, "down", "db", 60, 0) == ["down db resolved", "slow shop firing", "run look"])
        #expect(take(&engine, "latency", "shop", 70, 0) == ["slow shop resolved"])
    }

    @Test("further away than the depth explains nothing")
    func depth() throws {
        var engine = try engine("{topology: {direction: upstream, depth: 1, where: 'alert.rule == \"down\"'}}")
        _ = take(&engine, "down", "db", 0, 1)
        #expect(take(&engine, "latency", "shop", 10, 5) == ["slow shop firing", "run look"])
        #expect(take(&engine, "latency", "api", 10, 5) == ["slow api firing inhibited by 'Down' "])
    }

    @Test("one that was told already becomes quiet, and starts nothing a second time")
    func later() throws {
        var engine = try engine(Self.upstream)
        #expect(take(&engine, "latency", "shop", 0, 5) == ["slow shop firing", "run look"])
        #expect(take(&engine, "down", "db", 10, 1) == ["down db firing", "slow shop firing inhibited by 'Down' "])
        #expect(take(&engine, "down", "db", 20, 0) == ["down db resolved", "slow shop firing"])
    }

    @Test("an inhibition ends by itself")
    func ends() throws {
        var engine = try engine(
            "{topology: {direction: upstream, depth: 2, where: 'alert.rule == \"down\"'}, max: 10m}")
        _ = take(&engine, "down", "db", 0, 1)
        _ = take(&engine, "latency", "shop", 60, 5)
        #expect(told(engine.advance(to: second(659))) == [])
        #expect(told(engine.advance(to: second(660))) == ["slow shop firing", "run look"])
    }

    @Test("alerts with equal labels keep others quiet, never themselves")
    func labels() throws {
        var engine = try engine("{alerts: {where: 'alert.severity == \"critical\"', equal: [service]}}")
        _ = take(&engine, "down", "db", 0, 1)
        #expect(take(&engine, "latency", "db", 10, 5) == ["slow db firing inhibited by 'Down' "])
        #expect(take(&engine, "latency", "api", 10, 5) == ["slow api firing", "run look"])
        var alone = try self.engine("{alerts: {equal: [service]}}")
        #expect(take(&alone, "latency", "db", 10, 5) == ["slow db firing", "run look"])
    }

    @Test("after a restart the same is quiet, and is told when that ends")
    func restart() throws {
        var first = try engine(Self.upstream)
        _ = take(&first, "down", "db", 0, 1)
        _ = take(&first, "latency", "shop", 10, 5)
        var second = try engine(Self.upstream)
        _ = try second.restore(try first.snapshot(), now: AuspexRulesTests.second(20))
        #expect(told(second.advance(to: AuspexRulesTests.second(30))) == [])
        #expect(take(&second, "down", "db", 60, 0) == ["down db resolved", "slow shop firing", "run look"])
        // A set of rules without the inhibition tells it at once.
        var third = try engine(Self.upstream)
        _ = try third.restore(try first.snapshot(), now: AuspexRulesTests.second(20))
        #expect(third.activeAlerts.filter { $0.heldBack != nil }.count == 1)
    }

    @Test(
        "mistakes are told in their place",
        arguments: [
            ("{}", "'inhibited_by' needs 'alerts'"), ("{alerts: {}}", "every alert would keep every other quiet"),
            ("{topology: {direction: up}}", "upstream or downstream"),
            ("{topology: {direction: upstream, depth: 11}}", "depth"),
            ("{topology: {direction: upstream, edge: calls}}", "one kind of edge"),
            ("{alerts: {where: 'alert.sevrity == \"x\"', equal: [a]}}", "did you mean 'severity'"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try engine(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
