import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Rules about health checks")
struct HealthRuleTests {
    private func fact(
        _ seconds: Int64, _ status: HealthFact.Status, check: String = "http", instance: String = "a",
        message: String = ""
    ) -> Fact {
        .health(
            HealthFact(
                labels: Labels(["service": "shop", "instance": instance]), check: check, status: status,
                message: message, time: second(seconds)))
    }

    private static let bad = "{source: health, where: 'health.status != \"healthy\"', for: 30s}"

    @Test("a state lasts until the next report of the same part and check")
    func lasts() throws {
        var engine = RuleEngine(try rules(when: Self.bad))
        #expect(engine.take(fact(0, .unhealthy)) == ["pending a"])
        #expect(engine.take(fact(10, .healthy, check: "disk")) == [])
        #expect(engine.take(fact(20, .healthy, instance: "b")) == [])
        #expect(engine.pass(to: 30) == ["firing a"])
        #expect(engine.pass(to: 90_000) == [])
        #expect(engine.take(fact(90_001, .healthy)) == [])
        #expect(engine.pass(to: 90_001) == ["resolved a"])
    }

    @Test("without 'group_by' each check of each part has its alert, whose evidence says what is wrong")
    func groups() throws {
        var engine = RuleEngine(try rules(when: Self.bad))
        _ = engine.take(fact(0, .unhealthy, message: "no answer in 5 s"))
        _ = engine.take(fact(0, .degraded, check: ""))
        let alerts = engine.activeAlerts
        #expect(
            alerts.map(\.group) == [
                Labels(["service": "shop", "instance": "a", "check": "http"]),
                Labels(["service": "shop", "instance": "a"]),
            ])
        #expect(
            alerts.map(\.evidence.text) == [
                "check http of {instance=\"a\",service=\"shop\"} is unhealthy: no answer in 5 s",
                "{instance=\"a\",service=\"shop\"} is degraded",
            ])
    }

    @Test("with 'group_by' the alert goes on until all are well, also two checks of one part")
    func grouped() throws {
        var engine = RuleEngine(
            try rules(when: "{source: health, where: 'health.status != \"healthy\"'}", more: "group_by: [service]"))
        #expect(engine.take(fact(0, .unhealthy)).map { $0.prefix(6) } == ["firing"])
        _ = engine.take(fact(1, .unhealthy, check: "disk"))
        _ = engine.take(fact(2, .healthy))
        #expect(engine.pass(to: 2) == [])
        _ = engine.take(fact(3, .healthy, check: "disk"))
        #expect(engine.pass(to: 3).count == 1 && engine.activeAlerts.isEmpty)
    }

    @Test("so many parts at once are counted")
    func counted() throws {
        var engine = RuleEngine(
            try rules(
                when: """
                    {source: health, where: 'health.status == "unhealthy"', count: {gte: 2, distinct: labels.instance}}
                    """, more: "group_by: [service]"))
        #expect(engine.take(fact(0, .unhealthy)) == [])
        #expect(engine.take(fact(1, .unhealthy, check: "disk")) == [])
        #expect(engine.take(fact(2, .unhealthy, instance: "b")).count == 1)
        #expect(engine.take(fact(3, .healthy, instance: "b")) == [])
        #expect(engine.pass(to: 3).map { $0.prefix(8) } == ["resolved"])
    }

    @Test("they stand beside other sources, and exceptions leave them alone")
    func correlated() throws {
        let text = """
            kind: rule
            id: a
            title: T
            severity: warning
            when:
              sequence:
                - deploy: {source: change, where: 'deploy.kind == "deploy"'}
                - part: {source: health, where: 'part.status == "unhealthy"'}
              within: 10m
              join_on: [service]
            """
        let change = Change(id: "c", service: "shop", startedAt: second(0))
        var engine = RuleEngine(try RuleLoader.load(text: text, file: "f"))
        _ = engine.take(.change(change))
        #expect(engine.take(fact(60, .unhealthy)).count == 1)
        _ = engine.take(fact(70, .healthy))
        #expect(engine.pass(to: 70) == ["resolved {service=\"shop\"}"] && engine.activeAlerts.isEmpty)

        let exception = """
            exceptions: [{fields: {labels.instance: a, check: 'ht*'}, reason: moved, until: 2026-12-01T00:00:00Z}]
            """
        engine = RuleEngine(try rules(when: Self.bad, more: exception))
        #expect(engine.take(fact(0, .unhealthy)) == [])
        #expect(engine.take(fact(0, .unhealthy, check: "disk")) == ["pending a"])
        #expect(engine.statistics(of: "high-load")?.excepted == 1)
    }

    @Test("late ones give the same as in order, and what is going on survives a restart")
    func lateAndRestarted() throws {
        let set = try rules(when: Self.bad, more: "allow_late: 1m")
        let facts = [fact(0, .unhealthy), fact(20, .unhealthy, instance: "b"), fact(50, .healthy), fact(80, .healthy)]
        func events(_ facts: [Fact], restartingAfter place: Int? = nil) throws -> [String] {
            var engine = RuleEngine(set)
            var events: [String] = []
            for (number, fact) in facts.enumerated() {
                events += engine.take(fact)
                guard number == place else { continue }
                var other = RuleEngine(set)
                _ = try other.restore(engine.snapshot(), now: fact.time)
                engine = other
            }
            return (events + engine.pass(to: 600)).sorted()
        }
        let expected = try events(facts)
        #expect(expected == ["firing a", "firing b", "pending a", "pending b", "resolved a"])
        #expect(try events([facts[1], facts[0], facts[3], facts[2]]) == expected)
        #expect(try events([facts[2], facts[1], facts[0], facts[3]], restartingAfter: 1) == expected)
    }

    @Test("tests and events to explain give them, and mistakes in them are told in their place")
    func given() throws {
        let facts = try RuleExplainer.facts(
            text: #"{"health": [{"at": "1m", "check": "http", "status": "unhealthy", "labels": {"service": "shop"}}]}"#,
            file: "f")
        #expect(facts.map(\.labels) == [Labels(["service": "shop", "check": "http"])])
        #expect(facts.map(\.time) == [second(60)])
        let explanation = try #require(RuleExplainer.explain(try rules(when: Self.bad), facts).first)
        #expect(explanation.steps.first?.answers.map(\.outcome) == ["holds"])
        #expect(explanation.conclusion == "it is pending, and fires if nothing else comes")
        let error = #expect(throws: DocumentError.self) {
            try RuleExplainer.facts(text: "health: [{at: 1m, status: unhealty}]", file: "f")
        }
        #expect(
            error?.description.contains(
                "f:1:27: 'status' must be healthy, degraded, unhealthy or unknown, not 'unhealty'; did you mean")
                == true,
            "\(error?.description ?? "")")
    }

    private static let ill = "{source: health, where: 'health.status == \"unhealthy\"', for: 30s}"

    @Test("a check that comes to no result ends nothing, and the time until the next one that does counts for nothing")
    func withoutResult() throws {
        var engine = RuleEngine(try rules(when: Self.ill))
        #expect(engine.take(fact(0, .unknown)) == [])
        #expect(engine.take(fact(10, .unhealthy)) == ["pending a"])
        #expect(engine.take(fact(20, .unknown)) == [])
        #expect(engine.take(fact(30, .unknown)) == [] && engine.pass(to: 90) == [])
        #expect(engine.take(fact(100, .unhealthy)) == [])
        #expect(engine.pass(to: 119) == [] && engine.pass(to: 120) == ["firing a"])
        for time in stride(from: Int64(130), to: 3_600, by: 60) { #expect(engine.take(fact(time, .unknown)) == []) }
        #expect(engine.pass(to: 3_600) == [])
        _ = engine.take(fact(3_610, .healthy))
        #expect(engine.pass(to: 3_610) == ["resolved a"])
    }

    @Test(
        "the last result stands for as long as the rule says, by the first report without one",
        arguments: [("", 86_400), ("missing_data: {hold: 6h}", 21_600), ("missing_data: resolve", 0)])
    func missingData(more: String, seconds: Int64) throws {
        for isRestarted in [false, true] {
            let set = try rules(when: Self.ill, more: more)
            var engine = RuleEngine(set)
            _ = engine.take(fact(0, .unhealthy))
            #expect(engine.pass(to: 60) == ["firing a"])
            var told: [String] = []
            // As a check does that goes on.
            for time in stride(from: Int64(100), to: 100 + seconds, by: 600) {
                told += engine.take(fact(time, .unknown))
                guard isRestarted, time == 700 else { continue }
                var other = RuleEngine(set)
                _ = try other.restore(engine.snapshot(), now: second(time))
                engine = other
            }
            if seconds == 0 { told += engine.take(fact(100, .unknown)) }
            #expect(told == [] && engine.pass(to: 99 + seconds) == [])
            let events = engine.advance(to: second(100 + seconds))
            let notes = events.compactMap { if case .alert(let alert) = $0 { alert.note } else { nil } }
            #expect(notes.count == 1 && notes[0].hasPrefix("nothing was heard of it"), "\(notes)")
            #expect(engine.activeAlerts.isEmpty)
        }
    }

    @Test("of parts that are counted, one of which its check cannot tell any more still counts, for as long")
    func countedWithoutResult() throws {
        let when =
            "{source: health, where: 'health.status == \"unhealthy\"', count: {gte: 2, distinct: labels.instance}}"
        var engine = RuleEngine(
            try rules(when: when, more: "group_by: [service]\nmissing_data: {hold: 1h}"))
        _ = engine.take(fact(0, .unhealthy))
        #expect(engine.take(fact(1, .unhealthy, instance: "b")).count == 1)
        for time in stride(from: Int64(10), to: 3_600, by: 60) { _ = engine.take(fact(time, .unknown)) }
        #expect(engine.pass(to: 3_609) == [])
        #expect(engine.pass(to: 3_610).map { $0.prefix(8) } == ["resolved"])
    }

    @Test("a rule about what comes to no result holds then, and 'fire' is no word for it")
    func unknownHolds() throws {
        var engine = RuleEngine(try rules(when: Self.bad))
        #expect(engine.take(fact(0, .unknown)) == ["pending a"] && engine.pass(to: 30) == ["firing a"])
        let error = #expect(throws: DocumentError.self) { try rules(when: Self.bad, more: "missing_data: fire") }
        #expect(error?.description.contains("'where' says whether a check with the status 'unknown' counts") == true)
        let explanation = try #require(RuleExplainer.explain(try rules(when: Self.ill), [fact(0, .unknown)]).first)
        #expect(
            explanation.steps.first?.answers.map(\.outcome) == [
                "the check came to no result, which ends nothing by itself"
            ])
    }
}
