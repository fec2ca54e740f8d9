import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Rules and windows")
struct RulesInWindowsTests {
    private func engine(_ window: String) throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: high-load
                    title: Load is high
                    severity: warning
                    status: stable
                    when: {c: {source: metric, where: 'm.value > 1.0'}}
                    group_by: [instance]
                    then: [{runbook: look, mode: auto}]
                    ---
                    kind: window
                    id: move
                    title: Moving house
                    owner: ops
                    \(window)
                    """, file: "rules.yaml"))
    }

    private static let times = "from: 1970-01-01T00:01:00Z\nuntil: 1970-01-01T00:02:00Z"

    @Test("a maintenance holds back notices of its scope, not what is done, and ends by telling what still fires")
    func maintenance() throws {
        var engine = try engine("effect: maintenance\nscope: ['instance=~\"a.*\"']\n\(Self.times)")
        #expect(take(&engine, "a1", 59) == ["firing a1", "run look auto"])
        #expect(told(engine.advance(to: second(60))) == ["firing a1 (maintenance move)"])
        #expect(take(&engine, "a2", 60) == ["firing a2 (maintenance move)", "run look propose"])
        #expect(take(&engine, "b1", 60) == ["firing b1", "run look auto"])
        #expect(take(&engine, "a2", 90, 0) == [])
        #expect(told(engine.advance(to: second(119))) == ["resolved a2 (maintenance move)"])
        #expect(engine.activeAlerts.compactMap(\.heldBack) == ["maintenance move"])
        #expect(told(engine.advance(to: second(120))) == ["firing a1"])
        #expect(take(&engine, "a3", 120) == ["firing a3", "run look auto"])
    }

    @Test("a freeze proposes what would start by itself, and tells all")
    func freeze() throws {
        var engine = try engine("effect: freeze\nscope: all\n\(Self.times)")
        #expect(take(&engine, "a", 59) == ["firing a", "run look auto"])
        #expect(take(&engine, "b", 60) == ["firing b", "run look propose"])
        #expect(take(&engine, "c", 120) == ["firing c", "run look auto"])
    }

    @Test("what a window holds back is told after a restart too")
    func restart() throws {
        let window = "effect: maintenance\nscope: all\n\(Self.times)"
        var first = try engine(window)
        _ = take(&first, "a", 70)
        var second = try engine(window)
        _ = try second.restore(try first.snapshot(), now: AuspexRulesTests.second(80))
        #expect(told(second.advance(to: AuspexRulesTests.second(120))) == ["firing a"])
    }
}
