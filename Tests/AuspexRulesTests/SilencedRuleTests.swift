import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Rules and silences")
struct SilencedRuleTests {
    private func engine() throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: high-load
                    title: Load is high
                    severity: warning
                    status: stable
                    labels: {team: web}
                    when: {c: {source: metric, where: 'm.value > 1.0'}}
                    group_by: [instance]
                    then: [{runbook: look, mode: auto}]
                    ---
                    kind: window
                    id: move
                    title: Moving house
                    owner: ops
                    effect: maintenance
                    scope: all
                    from: 1970-01-01T00:01:40Z
                    until: 1970-01-01T00:02:00Z
                    """, file: "rules.yaml"))
    }

    private func silence(_ id: String, _ matchers: String, from: Int64, to: Int64) throws -> SilenceChange {
        .add(
            try Silence(
                id: id, matchers: try LabelMatchers(parsing: matchers), startsAt: second(from), endsAt: second(to),
                createdBy: "ann", comment: "known"))
    }

    @Test("a silence holds back notices, not what is done, and what still fires at its end is told")
    func silence() throws {
        var engine = try engine()
        #expect(take(&engine, "a1", 5) == ["firing a1", "run look auto"])
        try engine.apply(
            try silence("s", "instance=~\"a.*\", team=web, alertname=high-load", from: 0, to: 60), now: second(10))
        #expect(take(&engine, "a2", 10) == ["firing a2 (silenced by s)", "run look auto"])
        #expect(take(&engine, "b1", 10) == ["firing b1", "run look auto"])
        #expect(told(engine.advance(to: second(10))) == ["firing a1 (silenced by s)"])
        #expect(told(engine.advance(to: second(30))) == [])
        #expect(take(&engine, "a1", 40, 0) == [])
        #expect(told(engine.advance(to: second(59))) == ["resolved a1 (silenced by s)"])
        #expect(told(engine.advance(to: second(60))) == ["firing a2"])
        #expect(take(&engine, "a3", 60) == ["firing a3", "run look auto"])
    }

    @Test("one that is to come begins by itself, and one that is ended early ends at once")
    func early() throws {
        var engine = try engine()
        _ = take(&engine, "a", 5)
        try engine.apply(try silence("s", "instance=a", from: 20, to: 90), now: second(6))
        #expect(told(engine.advance(to: second(19))) == [])
        #expect(told(engine.advance(to: second(20))) == ["firing a (silenced by s)"])
        try engine.apply(.expire("s"), now: second(30))
        #expect(told(engine.advance(to: second(30))) == ["firing a"])
        #expect(throws: SilenceError.expired("s")) { try engine.apply(.expire("s"), now: second(31)) }
    }

    @Test("who looks is told of the maintenance first, and of the silence that outlasts it then")
    func both() throws {
        var engine = try engine()
        _ = take(&engine, "a", 5)
        try engine.apply(try silence("s", "instance=a", from: 90, to: 150), now: second(6))
        #expect(told(engine.advance(to: second(90))) == ["firing a (silenced by s)"])
        #expect(told(engine.advance(to: second(100))) == ["firing a (maintenance move)"])
        #expect(told(engine.advance(to: second(120))) == ["firing a (silenced by s)"])
        #expect(told(engine.advance(to: second(150))) == ["firing a"])
    }

    @Test("silences outlast restarts and new rules")
    func restart() throws {
        var first = try engine()
        try first.apply(try silence("s", "instance=a", from: 0, to: 60), now: second(1))
        #expect(take(&first, "a", 5) == ["firing a (silenced by s)", "run look auto"])
        var other = try engine()
        _ = try other.restore(try first.snapshot(), now: second(10))
        _ = other.replaceRules(other.ruleSet, now: second(11))
        #expect(take(&other, "b", 12) == ["firing b", "run look auto"])
        #expect(told(other.advance(to: second(59))) == [])
        #expect(told(other.advance(to: second(60))) == ["firing a"])
    }
}
