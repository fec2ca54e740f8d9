import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("What expressions can ask for besides the fact")
struct ContextFunctionTests {
    /// A rule with a condition, and documents beside it.
    private func engine(_ condition: String, more: String = "", for hold: String = "0s") throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: a
                    title: T
                    severity: critical
                    when: {c: {source: metric, where: '\(condition)', for: \(hold)}}
                    \(more)
                    ---
                    kind: window
                    id: freeze
                    title: F
                    owner: o
                    effect: freeze
                    scope: 'service="web"'
                    from: 1970-01-01T00:01:00Z
                    until: 1970-01-01T00:02:00Z
                    ---
                    kind: window
                    id: maintenance
                    title: M
                    owner: o
                    effect: maintenance
                    scope: all
                    from: 1970-01-01T00:05:00Z
                    until: 1970-01-01T00:06:00Z
                    ---
                    kind: services
                    services:
                      - {name: shop, depends_on: [api], aliases: [store]}
                      - {name: api, depends_on: [db]}
                      - {name: db, depends_on: [api]}
                      - {name: mail}
                    """, file: "f"))
    }

    private func holds(_ condition: String, at seconds: Int64 = 0, service: String = "web") throws -> Bool? {
        var engine = try engine(condition)
        let events = engine.handle(reading(load("i", service: service), seconds, 1), now: second(seconds))
        let statistics = engine.statistics(of: "a")
        return statistics?.errors == 0 ? events.contains { $0.alert?.state == .firing } : nil
    }

    // MARK: The moment

    @Test("`now` is the time of the fact")
    func moment() throws {
        #expect(try holds("now == m.time && now == timestamp(\"1970-01-01T00:00:07Z\")", at: 7) == true)
        #expect(try holds("[1].all(now, now > 0)") == true, "a macro's variable hides it")
    }

    @Test("by arrival `now` is the time of the newest fact of all")
    func arrival() throws {
        var engine = try engine(
            "m.name == \"load\" && m.value == 2.0 && now - m.time == duration(\"20s\")", more: "time: arrival")
        _ = engine.take(reading(load("x"), 30, 1))
        #expect(engine.take(reading(load("i"), 10, 2)) == ["firing i"])
    }

    @Test("in `risk` and `then` it is when the alert began to fire")
    func firing() throws {
        var engine = try engine(
            "m.value > 1.0",
            more: """
                risk: {points: [{if: 'now == alert.fired_at && now - alert.started_at == duration("30s")', add: 7, because: b}]}
                then: [{if: 'now == alert.fired_at', runbook: r, with: {at: string(now)}}]
                """, for: "30s")
        _ = engine.handle(reading(load("i"), 10, 2), now: second(10))
        let events = engine.advance(to: second(500))
        #expect(events.first?.alert?.risk?.score == 7)
        #expect(events.compactMap(\.request).map(\.parameters.canonicalText) == [#"{"at":"1970-01-01T00:00:40Z"}"#])
        #expect(engine.statistics(of: "a")?.errors == 0)
    }

    // MARK: Freezes

    @Test("a freeze is open from its beginning to its end, for what is in its scope, and a maintenance is none")
    func freeze() throws {
        #expect(try holds("in_freeze(now)", at: 59) == false)
        #expect(try holds("in_freeze(now)", at: 60) == true)
        #expect(try holds("in_freeze(m.time)", at: 119) == true)
        #expect(try holds("in_freeze(m.time)", at: 120) == false)
        #expect(try holds("in_freeze(now)", at: 60, service: "shop") == false)
        #expect(try holds("in_freeze(now)", at: 300) == false)
        #expect(try holds("in_freeze(now + duration(\"1m\"))", at: 0) == true, "any moment may be asked about")
    }

    @Test("in `risk` and `then` the labels are those of the alert")
    func freezeOfAlert() throws {
        for (more, score) in [("labels: {service: web}", 20.0), ("group_by: [instance]", 0)] {
            var engine = try engine(
                "m.value > 1.0",
                more: "\(more)\nrisk: {points: [{if: in_freeze(now), add: 20, because: change freeze}]}")
            let events = engine.handle(reading(load("i"), 60, 2), now: second(60))
            #expect(events.first?.alert?.risk?.score == score)
        }
    }

    // MARK: Dependencies

    @Test(
        "dependencies are followed through others, circles end, aliases are resolved",
        arguments: [
            ("\"shop\", \"api\"", true), ("\"shop\", \"db\"", true), ("\"store\", \"db\"", true),
            ("\"db\", \"shop\"", false),
            ("\"shop\", \"db\", 1", false), ("\"shop\", \"db\", 2", true), ("\"api\", \"api\"", true),
            ("\"api\", \"api\", 1", false), ("\"shop\", \"shop\"", false), ("\"shop\", \"store\"", false),
            ("\"mail\", \"db\"", false), ("\"nobody\", \"db\"", false), ("\"shop\", \"nothing\"", false),
            ("m.labels.service, \"db\"", true), ("\"shop\", \"db\", 2u", true),
        ])
    func dependsOn(arguments: String, depends: Bool) throws {
        #expect(try holds("depends_on(\(arguments))", service: "api") == depends)
    }

    @Test(
        "what can't be asked is an error, and no answer",
        arguments: ["1, \"db\"", "\"shop\", \"db\", 0", "\"shop\", \"db\", 1.5"])
    func wrongDependency(arguments: String) throws {
        #expect(try holds("depends_on(dyn(\(arguments.replacing(", ", with: "), dyn("))))") == nil)
    }

    @Test("another graph that is given takes the place of the declared one, and stays when rules are replaced")
    func use() throws {
        var engine = try engine("depends_on(\"shop\", \"mail\")")
        #expect(engine.take(reading(load("i"), 0, 1)) == [])
        var graph = engine.graph
        _ = graph.tell([ServiceLink("db", dependsOn: "mail")], at: second(0))
        engine.use(graph)
        #expect(engine.take(reading(load("i"), 1, 1)) == ["firing i"])
        _ = engine.replaceRules(engine.ruleSet, now: second(2))
        #expect(engine.graph.depends("shop", on: "mail"))
        let other = try RuleLoader.load(
            text: "{kind: services, services: [{name: shop, depends_on: [paper]}, {name: paper}]}", file: "f")
        _ = engine.replaceRules(other, now: second(3))
        #expect(engine.graph.depends("shop", on: "paper") && !engine.graph.depends("shop", on: "mail"))
        #expect(engine.graph.depends("db", on: "mail"), "what was told stays")
    }

    // MARK: Fleets

    private func up(_ instance: String, _ seconds: Int64, _ value: Double, _ service: String = "shop") -> Fact {
        let labels = Labels([Labels.metricName: "up", "service": service, "instance": instance])
        return .metric(MetricFact(labels: labels, reading: Reading(time: second(seconds), value: value)))
    }

    @Test("a fleet is counted as its instances are when the fact comes, the fact itself included")
    func fleet() throws {
        var engine = try engine(
            """
            m.name == "up" && fleet(m.labels.service).healthy_ratio < 0.5 && fleet("store").total == 3
            && fleet("shop").healthy == 1 && fleet("shop").unhealthy + fleet("shop").unknown == 2
            """)
        for name in ["a", "b", "c"] { _ = engine.take(up(name, 0, 1)) }
        #expect(engine.take(up("a", 15, 0)) == [])
        #expect(engine.take(up("b", 15, 0)) == ["firing b"])
        #expect(engine.statistics(of: "a")?.errors == 0)
    }

    @Test("labels stand for the service that they belong to")
    func fleetOfLabels() throws {
        var engine = try engine("m.name == \"load\" && fleet(m.labels).total == 1")
        _ = engine.take(up("a", 0, 1, "store"))
        #expect(engine.take(reading(load("i", service: "shop"), 0, 1)) == ["firing i"])
        #expect(engine.take(reading(load("j", service: ""), 0, 1)) == [])
        #expect(engine.statistics(of: "a")?.lastError.contains("the labels name no service") == true)
    }

    @Test("of no instance there is no answer: the alert stays as it is, and none begins")
    func unknownFleet() throws {
        var engine = try engine("m.name == \"load\" && fleet(\"shop\").healthy_ratio < 0.5")
        #expect(engine.take(reading(load("i"), 0, 1)) == [])
        #expect(engine.statistics(of: "a")?.lastError.contains("no instance of a service 'shop' is known") == true)
        _ = engine.take(up("a", 1, 0))
        #expect(engine.take(reading(load("i"), 2, 1)) == ["firing i"])
        // After an hour the instance is forgotten.
        #expect(engine.take(reading(load("i"), 4_000, 1)) == [])
        #expect(engine.activeAlerts.count == 1)
    }

    @Test("risk and responses see it when the alert fires")
    func fleetOfAlert() throws {
        var engine = try engine(
            "m.name == \"load\" && m.value > 1.0",
            more: """
                then:
                  - {if: 'fleet("shop").healthy_ratio >= 0.5', runbook: restart, with: {left: 'fleet("shop").healthy'}}
                  - {runbook: page}
                """)
        _ = engine.take(up("a", 0, 1))
        _ = engine.take(up("b", 0, 1))
        let one = engine.handle(reading(load("i"), 1, 2), now: second(1)).compactMap(\.request)
        #expect(one.map { "\($0.runbook) \($0.parameters.canonicalText)" } == [#"restart {"left":2}"#])
        _ = engine.take(up("a", 15, 0))
        _ = engine.take(up("b", 15, 0))
        #expect(engine.take(reading(load("j"), 16, 2)) == ["firing j", "run page"])
    }

    @Test("it survives a restart and other rules; rules that don't ask have none counted")
    func fleetSurvives() throws {
        let condition = "m.name == \"load\" && fleet(\"shop\").healthy == 1"
        var engine = try engine(condition)
        _ = engine.take(up("a", 0, 1))
        var other = try self.engine(condition)
        _ = try other.restore(engine.snapshot(), now: second(1))
        #expect(other.take(reading(load("i"), 2, 1)) == ["firing i"])
        let later = try self.engine(condition, more: "allow_late: 10s").ruleSet
        _ = other.replaceRules(later, now: second(2))
        #expect(other.take(reading(load("k"), 3, 1)) == [])
        #expect(other.pass(to: 20) == ["firing k"])
        #expect(try self.engine("m.value > 1.0").fleets.isEmpty)
    }

    @Test("late facts give the same as in order")
    func lateFleet() throws {
        let facts = [
            up("a", 0, 1), up("b", 1, 1), up("a", 15, 0), reading(load("i"), 20, 1), up("b", 31, 0), up("a", 32, 1),
            reading(load("j"), 40, 1), up("a", 45, 0), reading(load("k"), 50, 1),
        ]
        func alerts(_ facts: [Fact]) throws -> Set<String> {
            var engine = try engine(
                "m.name == \"load\" && fleet(\"shop\").healthy_ratio <= 0.5", more: "allow_late: 1m")
            var events: [String] = []
            for fact in facts { events += engine.take(fact) }
            return Set(events + engine.pass(to: 200))
        }
        let expected = try alerts(facts)
        #expect(expected == ["firing i", "firing j", "firing k"])
        #expect(try alerts(facts.reversed()) == expected)
        #expect(try alerts([3, 1, 0, 2, 8, 7, 5, 6, 4].map { facts[$0] }) == expected)
    }

    // MARK: Inhibitions

    @Test("what keeps others quiet may go by freezes and dependencies, not by fleets")
    func inhibition() throws {
        func told(_ test: String, at seconds: Int64, _ graph: ServiceGraph? = nil) throws -> Bool {
            var engine = RuleEngine(
                try RuleLoader.load(
                    text: """
                        kind: rule
                        id: slow
                        title: Slow
                        severity: warning
                        when: {c: {source: metric, where: 'm.name == "slow"'}}
                        group_by: [service]
                        inhibited_by: {alerts: {where: '\(test)'}}
                        ---
                        kind: rule
                        id: down
                        title: Down
                        severity: critical
                        when: {c: {source: metric, where: 'm.name == "down"'}}
                        group_by: [service]
                        ---
                        kind: window
                        id: freeze
                        title: F
                        owner: o
                        effect: freeze
                        scope: 'severity="critical"'
                        from: 1970-01-01T00:01:00Z
                        until: 1970-01-01T00:02:00Z
                        """, file: "f"))
            if let graph { engine.use(graph) }
            for name in ["down", "slow"] {
                let labels = Labels([Labels.metricName: name, "service": "db"])
                _ = engine.take(
                    .metric(MetricFact(labels: labels, reading: Reading(time: second(seconds), value: 1))))
            }
            return engine.activeAlerts.first { $0.rule == "slow" }?.heldBack == nil
        }
        let freeze = "alert.rule == \"down\" && in_freeze(now)"
        #expect(try told(freeze, at: 59) && !told(freeze, at: 60))
        let depends = "alert.rule == \"down\" && depends_on(\"shop\", alert.labels.service)"
        #expect(try told(depends, at: 0) && !told(depends, at: 0, dependencies("shop db")))
        let error = #expect(throws: DocumentError.self) { try told("fleet(\"db\").healthy > 1", at: 0) }
        #expect(error?.description.contains("no function 'fleet'") == true)
    }

    @Test("another graph is taken in by inhibitions along it with the next tick")
    func inhibitionUse() throws {
        var engine = RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: a
                    title: T
                    severity: warning
                    when: {c: {source: metric, where: 'm.value > 1.0'}}
                    group_by: [service]
                    inhibited_by: {topology: {direction: upstream}}
                    """, file: "f"))
        _ = engine.take(reading(load("x", service: "db"), 0, 2))
        _ = engine.take(reading(load("y", service: "shop"), 1, 2))
        func quiet() -> [String] {
            engine.activeAlerts.filter { $0.heldBack != nil }.compactMap { $0.group["service"] }
        }
        #expect(quiet() == [])
        engine.use(dependencies("shop db"))
        _ = engine.pass(to: 2)
        #expect(quiet() == ["shop"])
        engine.use(ServiceGraph())
        _ = engine.pass(to: 3)
        #expect(quiet() == [])
    }

    // MARK: Looking

    @Test(
        "mistakes are found when the rule is loaded",
        arguments: [
            ("in_freeze()", "'in_freeze' takes 1 arguments, not 0"), ("in_freez(now)", "did you mean 'in_freeze'"),
            ("depends_on(\"a\")", "'depends_on' takes 2 to 3 arguments, not 1"),
            ("fleet(\"a\")", "the expression gives a map"), ("fleet(\"a\").helthy > 1", "did you mean 'healthy'"),
            ("fleet(\"a\").total == \"1\"", "'==' does not work on (int, string)"), ("now > 1.0", "'>' does not work"),
        ])
    func mistakes(condition: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try engine(condition) }
        #expect(error?.description.contains("f:5:") == true)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("an explanation shows what was asked for, and what came of it")
    func explained() throws {
        let set = try engine(
            "m.name == \"up\" && fleet(m.labels.service).healthy_ratio < 0.6 && !in_freeze(now) && depends_on(\"shop\", \"db\")",
            more: "allow_late: 1m"
        ).ruleSet
        let explanation = try #require(RuleExplainer.explain(set, [up("a", 0, 1), up("b", 1, 0)]).first)
        let terms = try #require(explanation.steps.last?.answers.first?.terms)
        #expect(terms.map(\.outcome) == ["true", "true", "true", "true"])
        let values = terms.flatMap(\.values)
        #expect(values.contains { $0.text.contains("healthy_ratio") && $0.value == "0.5" }, "\(values)")
        #expect(values.contains { $0.text == "now" && $0.value.contains("1970-01-01T00:00:01Z") }, "\(values)")
        #expect(explanation.steps.map { $0.answers.map(\.outcome) } == [["does not hold"], ["holds"]])
    }

    @Test("the list for people has the moment and the functions")
    func catalogue() {
        let names = FactCatalogue.sections.filter { $0.source == nil }.flatMap { $0.fields.map(\.name) }
        for name in ["now", "in_freeze(now)", "depends_on(\"shop\", \"db\")", "fleet(\"shop\")", "evidence"] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(Set(FactCatalogue.sections.compactMap(\.source)) == Set(FactSource.allCases.map(\.rawValue)))
    }
}
