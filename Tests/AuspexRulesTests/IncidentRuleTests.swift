import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Rules about incidents")
struct IncidentRuleTests {
    private func fact(
        _ seconds: Int64, _ id: String = "i", _ state: Incident.State = .open, services: [String] = ["shop"],
        labels: [String: String] = [:], severity: Severity = .critical
    ) -> Fact {
        .incident(
            IncidentFact(
                id: id, state: state, severity: severity, services: services, startedAt: second(0),
                labels: Labels(labels), time: second(seconds)))
    }

    private static let open = "{source: incident, where: 'incident.state == \"open\"', for: 30s}"

    @Test("each has its alert, whose time goes on while it grows, until it is resolved")
    func lasts() throws {
        var engine = RuleEngine(try rules(when: Self.open))
        #expect(engine.take(fact(0)) == ["pending {incident=\"i\"}"])
        #expect(engine.take(fact(10, services: ["api", "shop"], labels: ["environment": "prod"])) == [])
        #expect(engine.take(fact(20, "j")) == ["pending {incident=\"j\"}"])
        #expect(engine.pass(to: 30) == ["firing {incident=\"i\"}"])
        // What is over ends the condition, whatever that says.
        #expect(engine.take(fact(40, "i", .resolved)) == [])
        #expect(engine.pass(to: 40) == ["resolved {incident=\"i\"}"])
        #expect(engine.take(fact(45, "j", .acknowledged)) == [])
        #expect(engine.pass(to: 200) == ["resolved {incident=\"j\"}"])
    }

    @Test("one that was resolved ends the condition even where it is what the condition asks for")
    func resolved() throws {
        var engine = RuleEngine(try rules(when: "{source: incident, where: 'incident.state == \"resolved\"'}"))
        #expect(engine.take(fact(0, "i", .resolved)) == [])
    }

    @Test("what has become part of another is over")
    func absorbed() throws {
        var engine = RuleEngine(try rules(when: Self.open, more: "group_by: [service]"))
        _ = engine.take(fact(0))
        #expect(engine.take(.incident(IncidentFact(absorbed: "i", at: second(5)))) == [])
        #expect(engine.pass(to: 5).map { $0.prefix(8) } == ["resolved"])
    }

    @Test("one that grows leaves the group in which it was")
    func grows() throws {
        var engine = RuleEngine(
            try rules(when: "{source: incident, where: 'incident.state == \"open\"'}", more: "group_by: [service]"))
        #expect(engine.take(fact(0)) == ["firing {service=\"shop\"}"])
        #expect(engine.take(fact(5, "j")) == [])
        #expect(engine.take(fact(10, services: ["api", "shop"])) == ["firing {}"])
        #expect(engine.pass(to: 10) == [], "the other incident is still there")
        #expect(engine.take(fact(20, "j", services: ["api", "shop"])) == [])
        #expect(engine.pass(to: 20) == ["resolved {service=\"shop\"}"])
        _ = engine.take(fact(30, "i", .resolved, services: []))
        _ = engine.take(fact(30, "j", .resolved, services: []))
        #expect(engine.pass(to: 30) == ["resolved {}"] && engine.activeAlerts.isEmpty)
    }

    private func correlated(_ count: String = "") throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: a
                    title: T
                    severity: warning
                    when:
                      all:
                        - trouble: {source: incident, where: 'trouble.severity == "critical"'\(count)}
                        - busy: {source: metric, where: 'm.name == "load" && m.value > 1.0'}
                      join_on: [service]
                    """, file: "f"))
    }

    @Test("beside other conditions it counts for the service that it has, and no more when it has several")
    func joined() throws {
        for count in ["", ", count: {gte: 1}"] {
            var engine = try correlated(count)
            _ = engine.take(reading(load("x", service: "shop"), 0, 2))
            #expect(engine.take(fact(10)) == ["firing {service=\"shop\"}"])
            #expect(engine.take(fact(20, services: ["api", "shop"])).count <= 1)
            _ = engine.pass(to: 21)
            #expect(engine.activeAlerts.isEmpty)
            #expect(engine.take(fact(30)) == ["firing {service=\"shop\"}"], "it is about one service again")
        }
    }

    @Test("they are told from other rules, so that their alerts become part of no incident")
    func looksAtIncidents() throws {
        #expect(try rules(when: Self.open).rules.map(\.looksAtIncidents) == [true])
        #expect(try rules().rules.map(\.looksAtIncidents) == [false])
        #expect(try correlated().ruleSet.rules.map(\.looksAtIncidents) == [true])
    }

    @Test("a fact says what the incident says")
    func made() throws {
        var tracker = IncidentTracker()
        tracker.take(alert("a", "shop", at: 10, severity: .critical, labels: ["environment": "prod"]), at: 10)
        let change = Change(id: "c", service: "shop", version: "2", startedAt: second(0), endedAt: second(5))
        _ = tracker.handle([.change(change)], now: second(11))
        let incident = try #require(tracker.incidents.first)
        let fact = IncidentFact(incident, at: second(12))
        #expect(fact.id == incident.id && fact.title == incident.title && fact.severity == .critical)
        #expect(fact.alertCount == 1 && fact.firingCount == 1 && !fact.isStorm && fact.startedAt == second(10))
        #expect(fact.labels == Labels(["environment": "prod", "service": "shop"]))
        #expect(fact.suspects.map(\.id) == ["c"] && fact.suspects.map(\.version) == ["2"])
        #expect(fact.suspects.map(\.score) == incident.suspects.map(\.score) && fact.time == second(12))
        let text = Evidence(.incident(fact)).text
        #expect(text.hasPrefix("Alert a (shop) is open, 1 of 1 alerts fire; "), "\(text)")
    }

    @Test("conditions see suspects, services and numbers with their types")
    func fields() throws {
        let facts = try RuleExplainer.facts(
            text: """
                incidents:
                  - at: 1m
                    id: i
                    state: acknowledged
                    acknowledged_by: ada
                    services: [api, shop]
                    alert_count: 5
                    firing_count: 2
                    started_at: 30s
                    labels: {environment: prod}
                    suspects: [{service: api, version: '2', kind: config, id: c, score: 0.5, evidence: why}]
                """, file: "f")
        let condition = """
            {source: incident, where: 'incident.suspects.exists(s, s.score >= 0.5 && s.kind == "config" && s.version == "2")
            && "api" in incident.services && incident.alert_count - incident.firing_count == 3
            && incident.acknowledged_by == "ada" && now - incident.started_at == duration("30s")
            && incident.labels.environment == "prod" && !incident.is_storm && incident.severity == "warning"'}
            """
        var engine = RuleEngine(try rules(when: condition))
        #expect(engine.take(try #require(facts.first)) == ["firing {incident=\"i\"}"])
    }

    @Test("a field of a suspect that there is not is found when the rule is loaded")
    func misspelt() {
        let error = #expect(throws: DocumentError.self) {
            try rules(when: "{source: incident, where: 'incident.suspects.exists(s, s.scor > 0.5)'}")
        }
        #expect(error?.description.contains("did you mean 'score'") == true)
    }

    @Test(
        "mistakes in a test's incidents are told in their place",
        arguments: [
            ("{at: 1m}", "f:1:13: an incident needs 'id'"), ("{id: i}", "f:1:13: an incident needs 'at'"),
            ("{at: 1m, id: i, state: closed}", "f:1:36: 'state' must be open, acknowledged or resolved"),
            ("{at: 1m, id: i, alert_count: -1}", "f:1:42: 'alert_count' must be"),
            ("{at: 1m, id: i, suspects: [{service: a, id: b, score: 2}]}", "'score' must be"),
            ("{at: 1m, id: i, sevices: [a]}", "did you mean 'services'"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) {
            try RuleExplainer.facts(text: "incidents: [\(text)]", file: "f")
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("what is going on survives a restart")
    func restart() throws {
        let set = try rules(when: Self.open)
        var engine = RuleEngine(set)
        _ = engine.take(fact(0))
        var other = RuleEngine(set)
        _ = try other.restore(engine.snapshot(), now: second(1))
        #expect(other.activeAlerts == engine.activeAlerts)
        #expect(other.pass(to: 30) == ["firing {incident=\"i\"}"])
    }
}
