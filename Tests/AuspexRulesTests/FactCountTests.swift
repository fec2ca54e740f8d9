import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("How many there were")
struct FactCountTests {
    private func engine(when: String, more: String = "") throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: r
                    title: Many
                    severity: warning
                    when: \(when)
                    risk: {points: [{if: 'c.count >= 3', add: 50, because: many}]}
                    then:
                      - {if: 'c.count > 100', runbook: other}
                      - {runbook: look, with: {count: c.count}}
                    \(more)
                    """, file: "rule.yaml"))
    }

    private func log(_ user: String, _ seconds: Int64) -> Fact {
        let labels = Labels(["user": user])
        return .log(LogFact(record: LogRecord(time: second(seconds), severity: "E", body: "no", attributes: labels)))
    }

    @Test("facts within the window, in the evidence and for expressions")
    func moments() throws {
        var engine = try engine(when: "{c: {source: log, where: 'true', count: {gte: 3, within: 10m}}}")
        let events = (0..<3).flatMap { engine.handle(log("a", $0), now: second($0)) }
        let alert = try #require(events.first?.alert)
        #expect(alert.evidence.text == "E no; 3 facts within 10m")
        #expect(alert.risk?.score == 50)
        #expect(events.last?.request?.parameters == .object(["count": .int(3)]))
    }

    @Test("different values, counted when the alert fires and not when it begins")
    func values() throws {
        var engine = try engine(
            when: """
                {c: {source: log, where: 'true', count: {gte: 2, distinct: labels.user, within: 10m}},
                 unless: {ok: {source: log, where: 'ok.body == "yes"'}, within: 1m}}
                """)
        for (number, user) in ["a", "b", "c", "c"].enumerated() { _ = engine.take(log(user, Int64(number))) }
        let alert = try #require(engine.advance(to: second(61)).compactMap(\.alert).last)
        #expect(alert.state == .firing)
        #expect(alert.evidence.text.hasSuffix("; 2 different labels.user within 10m"))
    }

    @Test("series for which the condition holds, as they are when it has held for long enough")
    func series() throws {
        var engine = try engine(when: "{c: {source: metric, where: 'c.value > 1.0', for: 30s, count: {gte: 2}}}")
        for instance in ["a", "b", "c", "d"] { _ = engine.take(reading(load(instance), 0, 2)) }
        _ = engine.take(reading(load("d"), 10, 0))
        let events = engine.advance(to: second(30))
        #expect(events.first?.alert?.evidence.text.hasSuffix("; 3 series") == true)
        #expect(events.last?.request?.parameters == .object(["count": .int(3)]))
        // It stays what it was when it fired, also over a restart.
        var restored = try self.engine(when: "{c: {source: metric, where: 'c.value > 1.0', for: 30s, count: {gte: 2}}}")
        _ = try restored.restore(engine.snapshot(), now: second(40))
        _ = restored.take(reading(load("e"), 40, 2))
        #expect(restored.activeAlerts.first?.evidence.text.hasSuffix("; 3 series") == true)
    }

    @Test("a condition that is called as its source is")
    func alias() throws {
        let rules = try RuleLoader.load(
            text: """
                kind: rule
                id: r
                title: Many
                severity: warning
                when: {log: {source: log, where: 'true', count: {gte: 2, within: 1m}}}
                then: [{runbook: look, with: {count: log.count, since: now}}]
                """, file: "rule.yaml")
        var engine = RuleEngine(rules)
        let events = (0..<2).flatMap { engine.handle(log("a", $0), now: second($0)) }
        #expect(events.last?.request?.parameters.object?["count"] == .int(2))
    }

    @Test("where nothing is counted there is no count")
    func absent() {
        let error = #expect(throws: DocumentError.self) { try engine(when: "{c: {source: log, where: 'true'}}") }
        #expect(error?.description.contains("count") == true)
    }
}
