import AuspexExpressions
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Showing facts only to the rules that they may concern")
struct RuleIndexTests {
    static let constraints: [(text: String, names: Set<String>?)] = [
        ("m.name == 'a'", ["a"]), ("'a' == c.name", ["a"]), ("m.name == 'a' && m.value > 1.0", ["a"]),
        ("m.value > 1.0 && (m.name == 'a' || m.name == 'b')", ["a", "b"]),
        ("m.name in ['a', 'b'] && m.name != 'b'", ["a", "b"]),
        ("m.name == 'a' && m.name == 'b'", []), ("m.name in ['a', 'b'] && m.name in ['b', 'c']", ["b"]),
        ("m.name == 'a' || m.value > 1.0", nil), ("!(m.name == 'a')", nil), ("m.name != 'a'", nil),
        ("m.name.startsWith('a')", nil), ("m.value > 1.0", nil), ("m.labels.name == 'a'", nil),
        ("m.name == 'a' ? true : false", nil), ("['a'].exists(m, m == 'a')", nil), ("m.name in []", []),
        ("m.name == m.labels.x", nil), ("other.name == 'a'", nil),
    ]

    @Test("the names that let a condition hold are read off its expression", arguments: constraints)
    func names(text: String, names: Set<String>?) throws {
        let expression = try CELParser.parse(text)
        #expect(NameConstraint.names(in: expression, fact: ["m", "c"]) == names)
    }

    @Test("the index never changes an answer")
    func equivalence() throws {
        var generator = SplitMix64(seed: 19)
        let names = ["a", "b", "c"]
        func atom() -> String {
            let name = names.randomElement(using: &generator) ?? "a"
            return [
                "m.name == '\(name)'", "c.name == '\(name)'", "m.name != '\(name)'", "m.name in ['\(name)', 'b']",
                "m.value > 1", "m.value > 2", "m.labels.zone == 'z'", "m.anomaly_score >= 1", "'\(name)' == m.name",
                "has(m.expected)",
            ].randomElement(using: &generator) ?? "true"
        }
        func expression(_ depth: Int) -> String {
            guard depth > 0 else { return atom() }
            let (left, right) = (expression(depth - 1), expression(depth - 1))
            return [
                "(\(left) && \(right))", "(\(left) && \(right))", "(\(left) || \(right))", "!(\(left))",
                "(\(left) ? \(right) : \(atom()))",
            ].randomElement(using: &generator) ?? left
        }
        for round in 0..<24 {
            let missing = ["hold", "resolve", "fire"][round % 3]
            let text = (0..<12).map { number in
                """
                kind: rule
                id: rule-\(number)
                title: Rule
                severity: info
                when: {c: {source: metric, where: "\(expression(2))", for: \(number % 3)s, keep_firing_for: \(number % 2)s}}
                missing_data: \(missing)
                then: [{runbook: x, with: {v: c.value}}]
                """
            }.joined(separator: "\n---\n")
            let ruleSet = try RuleLoader.load(text: text, file: "f")
            var indexed = RuleEngine(ruleSet)
            var plain = RuleEngine(ruleSet, usesIndex: false)
            for time in 0..<Int64(60) {
                let labels = Labels([
                    Labels.metricName: names.randomElement(using: &generator) ?? "a",
                    "zone": Bool.random(using: &generator) ? "z" : "",
                ])
                let fact: Fact =
                    Int.random(in: 0..<8, using: &generator) == 0
                    ? .stale(labels, at: second(time))
                    : reading(
                        labels, time, .random(in: 0...3, using: &generator),
                        score: .random(in: 0...2, using: &generator))
                let events = indexed.handle(fact, now: second(time)) + indexed.advance(to: second(time))
                #expect(plain.handle(fact, now: second(time)) + plain.advance(to: second(time)) == events, "\(text)")
            }
            #expect(indexed.activeAlerts == plain.activeAlerts)
        }
    }

    @Test("a fact costs only the rules about its name and those that name none")
    func selection() throws {
        let text = (0..<1_000).map { number in
            """
            kind: rule
            id: rule-\(number)
            title: Rule
            severity: info
            when: {c: {source: metric, where: 'm.name == "m\(number / 2)" && m.value > 1'}}
            """
        }.joined(separator: "\n---\n")
        var engine = RuleEngine(try RuleLoader.load(text: text, file: "f"))
        _ = engine.take(reading(Labels([Labels.metricName: "m7"]), 0, 2))
        let shown = engine.ruleSet.rules.filter { (engine.statistics(of: $0.id)?.evaluations ?? 0) > 0 }
        #expect(shown.map(\.id) == ["rule-14", "rule-15"])
    }
}
