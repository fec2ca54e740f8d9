import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

/// What inhibitions, windows and throttles do together, and what a reload does to them.
@Suite("Alerts that are held back by several things")
struct HeldBackTests {
    private static let services = """
        ---
        kind: services
        services: [{name: shop, depends_on: [db]}, {name: db}, {name: mail}]
        """

    private func window(_ effect: String, _ scope: String, from: String = "00:01:00", until: String) -> String {
        """
        ---
        kind: window
        id: \(effect)-w
        title: W
        owner: o
        effect: \(effect)
        scope: \(scope)
        from: 1970-01-01T\(from)Z
        until: 1970-01-01T\(until)Z
        """
    }

    private func ruleSet(slow: String = "", down: String = "", _ documents: String...) throws -> RuleSet {
        try RuleLoader.load(
            text: """
                kind: rule
                id: slow
                title: Slow
                severity: warning
                status: stable
                when: {c: {source: metric, where: 'm.name == "latency" && m.value > 1.0'}}
                group_by: [service]
                then: [{runbook: look, mode: auto}]
                \(slow)
                ---
                kind: rule
                id: down
                title: Down
                severity: critical
                status: stable
                when: {c: {source: metric, where: 'm.name == "down" && m.value > 0.0'}}
                group_by: [service]
                then: [{runbook: mend, mode: auto}]
                \(down)
                \(Self.services)
                \(documents.joined(separator: "\n"))
                """, file: "rules.yaml")
    }

    private static let upstream =
        "inhibited_by: {topology: {direction: upstream, where: 'alert.severity == \"critical\"'}}"

    private func fact(_ name: String, _ service: String, _ seconds: Int64, _ value: Double) -> Fact {
        let labels = Labels([Labels.metricName: name, "service": service])
        return .metric(MetricFact(labels: labels, reading: Reading(time: second(seconds), value: value)))
    }

    private func told(_ events: [RuleEvent]) -> [String] {
        events.map { event in
            if let request = event.request { return "\(request.runbook) \(request.mode.rawValue)" }
            guard let alert = event.alert else { return "" }
            let reason = alert.heldBack.map { " (\($0.prefix { $0 != " " }))" } ?? ""
            return "\(alert.rule) \(alert.group["service"] ?? "") \(alert.state.rawValue)\(reason)"
        }
    }

    private func take(_ engine: inout RuleEngine, _ fact: Fact) -> [String] {
        told(engine.handle(fact, now: fact.time))
    }

    @Test("a request goes by the windows of its own alert, whatever becomes of others with it")
    func ownWindows() throws {
        var engine = RuleEngine(
            try ruleSet(slow: Self.upstream, window("freeze", "service=db", until: "01:00:00")))
        #expect(take(&engine, fact("latency", "shop", 30, 5)) == ["slow shop firing", "look auto"])
        let events = take(&engine, fact("down", "db", 90, 1))
        #expect(events == ["down db firing", "mend propose", "slow shop firing (inhibited)"])
    }

    @Test("what is let go in a freeze or a maintenance is let go by its rules, though it fired before")
    func releasedInWindow() throws {
        let gather = "throttle: {once_after: 2m}"
        var frozen = RuleEngine(try ruleSet(slow: gather, window("freeze", "all", until: "01:00:00")))
        #expect(take(&frozen, fact("latency", "shop", 30, 5)) == ["slow shop firing (throttled)"])
        #expect(told(frozen.advance(to: second(150))) == ["slow shop firing", "look propose"])
        var quiet = RuleEngine(
            try ruleSet(slow: Self.upstream, window("maintenance", "service=shop", until: "01:00:00")))
        _ = take(&quiet, fact("down", "db", 10, 1))
        #expect(take(&quiet, fact("latency", "shop", 30, 5)) == ["slow shop firing (inhibited)"])
        let freed = take(&quiet, fact("down", "db", 90, 0)) + told(quiet.advance(to: second(90)))
        #expect(freed == ["down db resolved", "slow shop firing (maintenance)", "look propose"])
    }

    @Test("when a maintenance closes, what another alert explains by then stays quiet")
    func inhibitedInWindow() throws {
        var engine = RuleEngine(
            try ruleSet(slow: Self.upstream, window("maintenance", "service=shop", until: "00:02:00")))
        #expect(take(&engine, fact("latency", "shop", 70, 5)) == ["slow shop firing (maintenance)", "look propose"])
        _ = take(&engine, fact("down", "db", 80, 1))
        let closed = told(engine.advance(to: second(120)))
        #expect(!closed.contains("slow shop firing"))
        #expect(engine.activeAlerts.first { $0.rule == "slow" }?.heldBack?.hasPrefix("inhibited") == true)
    }

    @Test("an alert that another one explains does not use up the throttle")
    func throttleOfInhibited() throws {
        var engine = RuleEngine(try ruleSet(slow: Self.upstream + "\nthrottle: {once_within: 1h, per: []}"))
        _ = take(&engine, fact("down", "db", 0, 1))
        #expect(take(&engine, fact("latency", "shop", 10, 5)) == ["slow shop firing (inhibited)"])
        #expect(take(&engine, fact("latency", "mail", 20, 5)) == ["slow mail firing", "look auto"])
        #expect(take(&engine, fact("latency", "db", 30, 5)) == ["slow db firing (throttled)"])
    }

    @Test("a reload tells what nothing holds back any more")
    func reload() throws {
        let open = window("maintenance", "all", until: "01:00:00")
        var windows = RuleEngine(try ruleSet(open))
        #expect(take(&windows, fact("latency", "shop", 90, 5)).first == "slow shop firing (maintenance)")
        _ = windows.replaceRules(try ruleSet(), now: second(100))
        #expect(told(windows.advance(to: second(110))) == ["slow shop firing"])
        _ = windows.replaceRules(try ruleSet(open), now: second(120))
        #expect(told(windows.advance(to: second(130))) == ["slow shop firing (maintenance)"])

        var inhibited = RuleEngine(try ruleSet(slow: Self.upstream))
        _ = take(&inhibited, fact("down", "db", 0, 1))
        _ = take(&inhibited, fact("latency", "shop", 10, 5))
        _ = inhibited.replaceRules(try ruleSet(), now: second(20))
        #expect(told(inhibited.advance(to: second(30))) == ["slow shop firing", "look auto"])

        let gather = "throttle: {once_after: 1h}"
        let freeze = window("freeze", "all", until: "01:00:00")
        var gathered = RuleEngine(try ruleSet(slow: gather, freeze))
        _ = take(&gathered, fact("latency", "shop", 30, 5))
        #expect(
            told(gathered.replaceRules(try ruleSet(freeze), now: second(90))) == ["slow shop firing", "look propose"])
    }

    @Test("what began and ended while nobody looked asks for nothing, and leaves nothing behind")
    func leap() throws {
        var engine = RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: stuck
                    title: Stuck
                    severity: warning
                    when:
                      deploy: {source: change, where: 'true'}
                      unless: {ready: {source: log, where: 'true'}, within: 10m}
                      join_on: [service]
                    throttle: {once_within: 1h, per: []}
                    then: [{runbook: look, mode: propose}]
                    """, file: "rules.yaml"))
        func deploy(_ service: String, _ seconds: Int64) -> Fact {
            .change(Change(id: "\(service)\(seconds)", kind: .deploy, service: service, startedAt: second(seconds)))
        }
        let ready = LogRecord(time: second(603), severity: "", body: "ready", attributes: Labels(["service": "a"]))
        var events = engine.handle(deploy("a", 0), now: second(0))
        events += engine.handle(.log(LogFact(record: ready)), now: second(613))
        #expect(told(events) == ["stuck a pending", "stuck a firing", "stuck a resolved"])
        #expect(engine.state(of: "stuck").notes.isEmpty)
        // The throttle has not been used up by it.
        let later = engine.handle(deploy("b", 700), now: second(700)) + engine.advance(to: second(1_300))
        // It waits for others that fired before until time has passed, which is at once.
        let released = ["stuck b firing (throttled)", "stuck b firing", "look propose"]
        #expect(told(later) == ["stuck b pending"] + released)
    }

    @Test("an exception is asked of a series that falls silent as well, and never of what must not follow")
    func exceptions() throws {
        let exception = "exceptions: [{fields: {labels.service: shop}, reason: moved, until: 2030-01-01T00:00:00Z}]"
        var engine = RuleEngine(try ruleSet(slow: exception + "\nmissing_data: fire"))
        let labels = Labels([Labels.metricName: "latency", "service": "shop"])
        #expect(told(engine.handle(.stale(labels, at: second(10)), now: second(10))) == [])
        let other = labels.setting("service", to: "mail")
        #expect(told(engine.handle(.stale(other, at: second(10)), now: second(10))).first == "slow mail firing")
    }
}
