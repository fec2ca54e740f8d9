import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Explaining rules")
struct RuleExplainerTests {
    @Test("each condition is taken apart, with the values that it reads, and what follows is foretold")
    func explains() throws {
        let rules = try rules(when: "{source: metric, where: 'm.name == \"load\" && m.value > 1.5', for: 30s}")
        let facts = try RuleExplainer.facts(
            text: #"{"series": [{"series": "load{instance=\"a\"}", "values": "1 2"}]}"#, file: "e.json")
        let explanation = try #require(RuleExplainer.explain(rules, facts).first)
        #expect(explanation.rule == "high-load")
        #expect(explanation.steps.map(\.at) == ["0s", "15s"])
        #expect(explanation.steps.map { $0.answers.map(\.outcome) } == [["does not hold"], ["holds"]])
        let terms = explanation.steps[0].answers[0].terms
        #expect(terms.map(\.text) == ["m.name == \"load\"", "m.value > 1.5"])
        #expect(terms.map(\.outcome) == ["true", "false"])
        #expect(terms[1].values == [RuleExplanation.Value(text: "m.value", value: "1")])
        #expect(explanation.steps[1].events.count == 1 && explanation.steps[1].events[0].hasPrefix("pending"))
        #expect(explanation.later.map { $0.prefix(6) } == ["firing"] && explanation.later[0].hasSuffix("at 45s"))
        #expect(explanation.conclusion == "it is pending, and fires if nothing else comes")
    }

    @Test("what can't be answered says why, and facts of another kind aren't asked about")
    func unanswered() throws {
        let rules = try rules(when: "{source: log, where: 'log.labels.user == \"x\" || log.body.contains(\"no\")'}")
        let facts = try RuleExplainer.facts(
            text: """
                series: [{series: load, values: '1'}]
                logs: [{at: 1s, body: yes}]
                """, file: "e.yaml")
        let explanation = try #require(RuleExplainer.explain(rules, facts).first)
        #expect(explanation.steps[0].answers.map(\.outcome) == ["looks at log facts, and this is metric"])
        #expect(explanation.steps[1].answers[0].outcome.hasPrefix("no answer: "))
        #expect(explanation.steps[1].answers[0].terms[0].outcome.contains("user"))
        #expect(explanation.conclusion.hasPrefix("it does not fire; 1 evaluations failed"))
    }

    @Test("what fired and is over says so, and what an exception leaves alone says why")
    func overAndExcepted() throws {
        let exception = "exceptions: [{fields: {labels.instance: b}, reason: moved, until: 2030-01-01T00:00:00Z}]"
        let rules = try rules(when: "{source: metric, where: 'm.value > 1.0'}", more: exception)
        let events =
            "{series: [{series: 'load{instance=\"a\"}', values: '2 0'}, {series: 'load{instance=\"b\"}', values: '2'}]}"
        let facts = try RuleExplainer.facts(text: events, file: "e.yaml")
        let explanation = try #require(RuleExplainer.explain(rules, facts).first)
        #expect(
            explanation.steps.map { $0.answers[0].outcome }.contains("holds, and is left alone by an exception: moved"))
        #expect(explanation.later.map { $0.prefix(8) } == ["resolved"])
        let longer = try RuleExplainer.facts(text: events.replacing("'2 0'", with: "'2 0x9'"), file: "e.yaml")
        #expect(RuleExplainer.explain(rules, longer).first?.conclusion == "it fired, and is over")
    }

    @Test("an event file without events, or with unknown keys, is refused in its place")
    func badEvents() {
        for (text, complaint) in [("{}", "e:1:1: there is nothing"), ("{serie: []}", "e:1:2: unknown key 'serie'")] {
            let error = #expect(throws: DocumentError.self) { try RuleExplainer.facts(text: text, file: "e") }
            #expect(error?.description.contains(complaint) == true)
        }
    }

    @Test("a difference names what was added, removed and changed, and what starts afresh")
    func difference() throws {
        let old = try RuleLoader.load(
            text: Self.rule("a") + Self.rule("b") + Self.rule("c", "severity: info") + Self.rule("e"), file: "old")
        let new = try RuleLoader.load(
            text: Self.rule("b") + Self.rule("c", "severity: critical") + Self.rule("d")
                + Self.rule("e", where: "m.value > 2.0"), file: "new")
        let difference = RuleSetDifference(from: old, to: new)
        #expect(difference.added == ["d"] && difference.removed == ["a"])
        #expect(difference.changed.map(\.id) == ["c", "e"])
        #expect(difference.changed[0].fields == [.init(name: "severity", old: "info", new: "critical")])
        #expect(difference.changed.map(\.startsAfresh) == [false, true])
        #expect(difference.changed[1].fields.map(\.name) == ["when"])
        #expect(RuleSetDifference(from: old, to: old).isEmpty)
        let window = """
            kind: window
            id: w
            title: W
            owner: o
            effect: freeze
            scope: all
            from: 1970-01-01T00:00:00Z
            until: 1970-01-02T00:00:00Z
            """
        let frozen = try RuleLoader.load(text: Self.rule("a") + window, file: "new")
        let longer = window.replacing("01-02T", with: "01-03T")
        let other = try RuleLoader.load(text: Self.rule("a") + longer, file: "new")
        #expect(RuleSetDifference.changesBesideRules(from: old, to: frozen) == ["+ window w"])
        #expect(RuleSetDifference.changesBesideRules(from: frozen, to: other) == ["~ window w"])
        #expect(RuleSetDifference.changesBesideRules(from: other, to: other) == [])
    }

    private static func rule(_ id: String, _ severity: String = "severity: info", where: String = "m.value > 1.0")
        -> String
    {
        """
        kind: rule
        id: \(id)
        title: T
        \(severity)
        when: {load: {source: metric, where: '\(`where`)'}}
        ---

        """
    }
}
