import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Points of rules for a change before it is made")
struct ChangeRiskTests {
    /// Rules about changes with points; `more` is put under `when`.
    private func engine(_ rules: String) throws -> RuleEngine {
        RuleEngine(try RuleLoader.load(text: rules, file: "f"))
    }

    private func rule(
        _ id: String, where condition: String = "true", when: String? = nil, points: String = "[]", base: Int = 10,
        more: String = ""
    ) -> String {
        """
        kind: rule
        id: \(id)
        title: Title of \(id)
        severity: info
        when: \(when ?? "{c: {source: change, where: '\(condition)'}}")
        risk: {base: \(base), points: \(points)}
        \(more)
        """
    }

    private func join(_ documents: String...) -> String { documents.joined(separator: "\n---\n") }

    private func change(
        _ service: String = "shop", environment: String = "production", at seconds: Int64 = 0, commits: Int? = nil
    ) -> Change {
        Change(
            id: "c", service: service, environment: environment, version: "v2", author: "ada",
            startedAt: second(seconds), source: "gate", commits: commits)
    }

    private func points(_ engine: RuleEngine, _ change: Change) -> [String] {
        engine.riskPoints(for: change).map { risk in
            switch risk.answer {
            case .missing(let reason): "\(risk.rule)? \(reason)"
            case .points(let points): "\(risk.rule) \(points.score) \(points.band) \(points.reasons.map(\.text))"
            }
        }
    }

    @Test("a rule whose condition holds gives its points with reasons, in the order of the file")
    func holds() throws {
        let engine = try engine(
            join(
                rule(
                    "b", where: "change.environment == \"production\"",
                    points: """
                        [{if: 'c.author == "ada"', add: 35, because: it is ada}, {if: 'false', add: 9, because: no}]
                        """),
                rule(
                    "a",
                    points: "[{if: 'labels.service == \"shop\" && alert.rule == \"a\"', add: 90, because: shop}]"),
                rule("c", where: "c.kind == \"flag\"")))
        #expect(points(engine, change()) == [#"b 45.0 medium ["it is ada"]"#, #"a 100.0 high ["shop"]"#])
        #expect(points(engine, change("mail", environment: "test")) == ["a 10.0 low []"])
        #expect(engine.riskPoints(for: change()).map(\.title) == ["Title of b", "Title of a"])
    }

    @Test("what an expression cannot answer is missing, be it the condition or the points, and the others go on")
    func missing() throws {
        let engine = try engine(
            join(
                rule("condition", where: "c.commits > 3"), rule("fine"),
                rule("points", points: "[{if: 'c.commits > 3', add: 1, because: many}]")))
        let answers = points(engine, change())
        #expect(answers.count == 3 && answers[1] == "fine 10.0 low []")
        #expect(answers[0].hasPrefix("condition? ") && answers[0].contains("commits"))
        #expect(answers[2].hasPrefix("points? ") && answers[2].contains("commits"))
        #expect(points(engine, change(commits: 4)).count == 3)
        #expect(points(engine, change(commits: 4)).last == #"points 11.0 low ["many"]"#)
    }

    @Test("rules of other facts, of several conditions, with count, or without a risk are not asked")
    func others() throws {
        let engine = try engine(
            join(
                rule("metric", when: "{c: {source: metric, where: 'm.value > 1.0'}}"),
                rule("count", when: "{c: {source: change, where: 'true', count: {gte: 2, within: 1h}}}"),
                rule(
                    "several",
                    when: """
                        {all: [{c: {source: change, where: 'true'}}, {d: {source: change, where: 'true'}}], within: 1m,
                         join_on: [service]}
                        """),
                """
                kind: rule
                id: plain
                title: T
                severity: info
                when: {c: {source: change, where: 'true'}}
                """))
        #expect(points(engine, change()) == [])
    }

    @Test("expressions see freezes, dependencies and the moment as in the running engine")
    func context() throws {
        let freeze = """
            kind: window
            id: freeze
            title: F
            owner: o
            effect: freeze
            scope: 'service="shop"'
            from: 1970-01-01T00:01:00Z
            until: 1970-01-01T00:02:00Z
            """
        var engine = try engine(
            join(
                freeze, rule("frozen", where: "in_freeze(now)"),
                rule("deep", points: "[{if: 'depends_on(c.service, \"db\")', add: 50, because: deep}]"),
                rule("fleet", where: "fleet(c.service).healthy < 2")))
        #expect(points(engine, change(at: 59)).first == "deep 10.0 low []")
        #expect(points(engine, change(at: 60)).first == "frozen 10.0 low []")
        #expect(points(engine, change("mail", at: 60)).first == "deep 10.0 low []")
        engine.use(ServiceGraph(declaring: ServiceDeclarations()))
        var graph = ServiceGraph()
        _ = graph.tell([ServiceLink("shop", dependsOn: "db")], at: second(0))
        engine.use(graph)
        #expect(points(engine, change()).first == #"deep 60.0 medium ["deep"]"#)
        #expect(points(engine, change()).last?.hasPrefix("fleet? ") == true)
        let labels = Labels([Labels.metricName: "up", "service": "shop", "instance": "a"])
        _ = engine.take(.metric(MetricFact(labels: labels, reading: Reading(time: second(0), value: 1))))
        #expect(points(engine, change()).last == "fleet 10.0 low []")
    }

    @Test("an exception of the rule leaves the change alone, and asking changes nothing")
    func pure() throws {
        let engine = try engine(
            rule("r", more: "exceptions: [{fields: {service: shop}, reason: r, until: 2030-01-01T00:00:00Z}]"))
        let before = try engine.snapshot()
        #expect(points(engine, change()) == [] && points(engine, change("mail")) == ["r 10.0 low []"])
        #expect(try engine.snapshot() == before)
        #expect(engine.activeAlerts.isEmpty && engine.statistics(of: "r")?.evaluations == 0)
    }

    @Test("they are the points that the alert has when the change is reported")
    func asReported() throws {
        let set = try RuleLoader.load(paths: [shippedRules])
        for (seconds, commits) in [(40 * 3_600, 10), (50 * 3_600, 60), (3_600, 25), (3_600, 1)] as [(Int64, Int)] {
            var engine = RuleEngine(set)
            let asked = engine.riskPoints(for: change(at: seconds, commits: commits)).compactMap { risk in
                if case .points(let points) = risk.answer { "\(risk.rule) \(points)" } else { nil }
            }
            let fact = Fact.change(change(at: seconds, commits: commits))
            let told = engine.handle(fact, now: fact.time).compactMap(\.alert).compactMap { alert in
                alert.risk.map { "\(alert.rule) \($0)" }
            }
            #expect(asked == told)
            #expect(asked.isEmpty == (commits == 1))
        }
    }
}
