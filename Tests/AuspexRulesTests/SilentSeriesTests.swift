import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Alerts about series that fall silent and never come back")
struct SilentSeriesTests {
    private static let day: Int64 = 24 * 3_600
    private static let plain = "{source: metric, where: 'c.value > 1.0'}"

    private func engine(_ more: String = "", when: String = plain) throws -> RuleEngine {
        RuleEngine(try rules(when: when, more: more))
    }

    private func stale(_ instance: String, _ seconds: Int64) -> Fact { .stale(load(instance), at: second(seconds)) }

    @Test("the last answer stands for a day, and the alert then ends and says why")
    func usual() throws {
        var engine = try engine()
        #expect(engine.take(reading(load("a"), 0, 2)) == ["firing a"])
        #expect(engine.take(stale("a", 100)) == [])
        #expect(engine.pass(to: 100 + Self.day - 1) == [])
        let alert = try #require(engine.advance(to: second(100 + 2 * Self.day)).first?.alert)
        #expect(alert.state == .resolved)
        #expect(alert.resolvedAt == second(100 + Self.day))
        #expect(alert.note == "nothing was heard of it for 1d")
        #expect(engine.activeAlerts.isEmpty)
    }

    @Test("a rule may say for how long, and keep_firing_for does not come on top")
    func chosen() throws {
        var engine = try engine(
            "missing_data: {hold: 6h}", when: "{source: metric, where: 'c.value > 1.0', keep_firing_for: 1h}")
        _ = engine.take(reading(load("a"), 0, 2))
        _ = engine.take(stale("a", 0))
        #expect(engine.pass(to: 6 * 3_600 - 1) == [])
        #expect(engine.pass(to: 6 * 3_600) == ["resolved a"])
    }

    @Test("a series that says something again, be it nothing of the condition, begins anew")
    func returns() throws {
        var engine = try engine("missing_data: {hold: 1h}")
        _ = engine.take(reading(load("a"), 0, 2))
        _ = engine.take(stale("a", 60))
        _ = engine.take(reading(load("a"), 3_000, 2))
        #expect(engine.pass(to: 100_000) == [])
        _ = engine.take(stale("a", 100_000))
        _ = engine.take(reading(load("a"), 102_000, .nan))
        #expect(engine.pass(to: 105_599) == [])
        #expect(engine.pass(to: 105_600) == ["resolved a"])
    }

    @Test("of a group the silent ones are forgotten, and the others keep it alive")
    func groups() throws {
        var engine = try engine("group_by: [service]\nmissing_data: {hold: 1h}")
        for instance in ["a", "b", "c"] { _ = engine.take(reading(load(instance), 0, 2)) }
        _ = engine.take(stale("a", 10))
        _ = engine.take(stale("b", 20))
        #expect(engine.pass(to: 4_000) == [])
        #expect(engine.state(of: "high-load").groups.values.map(\.members.count) == [1])
        // The last one being well ends it, though nobody has said that of the others.
        #expect(engine.take(reading(load("c"), 5_000, 0)) == [])
        #expect(engine.advance(to: second(5_000)).compactMap(\.alert).map(\.note) == [""])
    }

    @Test("an alert that never fired ends without having fired")
    func pending() throws {
        var engine = try engine("missing_data: {hold: 1h}", when: "{source: metric, where: 'c.value > 1.0', for: 5m}")
        #expect(engine.take(reading(load("a"), 0, 2)) == ["pending a"])
        _ = engine.take(stale("a", 60))
        let alert = try #require(engine.advance(to: second(10_000)).first?.alert)
        #expect(alert.state == .resolved && alert.firedAt == nil && alert.resolvedAt == second(3_660))
    }

    @Test("other choices know no such end")
    func others() throws {
        var resolving = try engine("missing_data: resolve")
        _ = resolving.take(reading(load("a"), 0, 2))
        _ = resolving.take(reading(load("a"), 10, .nan))
        #expect(resolving.pass(to: 10 * Self.day) == [])
        var firing = try engine("missing_data: fire")
        _ = firing.take(stale("a", 0))
        #expect(firing.pass(to: 10 * Self.day) == [])
        #expect(firing.activeAlerts.count == 1)
    }

    @Test("what is no series never falls silent: an alert of another system lasts until it is over")
    func outsideAlerts() throws {
        var engine = try engine(when: "{source: alert, where: 'int(c.severity) > 1'}")
        func outside(_ severity: String, _ seconds: Int64) -> Fact {
            .alert(OutsideAlert(name: "n", labels: Labels(["a": "b"]), severity: severity, time: second(seconds)))
        }
        #expect(engine.handle(outside("2", 0), now: second(0)).count == 1)
        // Without an answer the last one stands.
        #expect(engine.handle(outside("page", 10), now: second(10)).isEmpty)
        #expect(engine.statistics(of: "high-load")?.errors == 1)
        #expect(engine.pass(to: 10 * Self.day) == [])
        #expect(engine.activeAlerts.count == 1)
    }

    @Test("the end comes after a restart as well, and by the rule that is there then")
    func restart() throws {
        var first = try engine()
        _ = first.take(reading(load("a"), 0, 2))
        _ = first.take(stale("a", 100))
        var same = try engine()
        _ = try same.restore(first.snapshot(), now: second(200))
        #expect(same.pass(to: 99 + Self.day) == [])
        #expect(same.pass(to: 100 + Self.day) == ["resolved a"])
        var shorter = try engine("missing_data: {hold: 1h}")
        _ = try shorter.restore(first.snapshot(), now: second(200))
        #expect(shorter.pass(to: 3_699) == [])
        #expect(shorter.pass(to: 3_700) == ["resolved a"])
    }

    @Test("conditions of several end so too, and the alert says why")
    func several() throws {
        let text = """
            kind: rule
            id: r
            title: Both
            severity: warning
            missing_data: {hold: 2h}
            when:
              all:
                - one: {source: metric, where: 'one.name == "load" && one.value > 1.0'}
                - two: {source: metric, where: 'two.name == "errors" && two.value > 1.0'}
            """
        var engine = RuleEngine(try RuleLoader.load(text: text, file: "r.yaml"))
        let errors = Labels([Labels.metricName: "errors"])
        _ = engine.take(reading(load("a"), 0, 2))
        #expect(engine.handle(reading(errors, 0, 2), now: second(0)).count == 1)
        _ = engine.take(.stale(errors, at: second(10)))
        #expect(engine.advance(to: second(7_209)).isEmpty)
        let alert = try #require(engine.advance(to: second(7_210)).first?.alert)
        #expect(alert.state == .resolved && alert.note == "nothing was heard of it for 2h")
        // What ends by itself does not say so.
        _ = engine.take(reading(load("a"), 8_000, 0))
        _ = engine.take(reading(load("a"), 8_010, 2))
        _ = engine.take(reading(errors, 8_010, 2))
        _ = engine.take(reading(errors, 8_020, 0))
        #expect(engine.advance(to: second(8_020)).compactMap(\.alert).map(\.note) == [""])
    }

    @Test("an alert that ends because its last series is gone says so, and one that ends by its condition does not")
    func resolved() throws {
        let when = "{source: metric, where: 'c.value > 1.0', keep_firing_for: 1m}"
        func notes(
            _ facts: [Fact], _ when: String = Self.plain, restarts: Bool = false
        ) throws -> [String] {
            var engine = try engine("group_by: [service]\nmissing_data: resolve", when: when)
            for fact in facts { _ = engine.take(fact) }
            if restarts {
                let before = engine
                engine = try self.engine("group_by: [service]\nmissing_data: resolve", when: when)
                _ = try engine.restore(before.snapshot(), now: second(20))
            }
            return engine.advance(to: second(1_000)).compactMap(\.alert).map(\.note)
        }
        let (one, other) = (reading(load("a"), 0, 2), reading(load("b"), 0, 2))
        let gone = "nothing was heard of it any more"
        #expect(try notes([one, stale("a", 10)]) == [gone])
        #expect(try notes([one, reading(load("a"), 10, 0)]) == [""])
        #expect(try notes([one, other, stale("a", 10), reading(load("b"), 20, 0)]) == [""])
        #expect(try notes([one, other, reading(load("b"), 10, 0), stale("a", 20)]) == [gone])
        #expect(try notes([one, stale("a", 10)], when) == ["nothing was heard of it for 1m"])
        #expect(try notes([one, stale("a", 10)], when, restarts: true) == ["nothing was heard of it for 1m"])
        let back = reading(load("a"), 20, 2)
        #expect(try notes([one, stale("a", 10), back, reading(load("a"), 30, 0)], when) == [""])
    }

    @Test("so does one of several conditions, and one that counts series", arguments: ["", ", count: {gte: 2}"])
    func resolvedSeveral(count: String) throws {
        let text = """
            kind: rule
            id: r
            title: Both
            severity: warning
            missing_data: resolve
            when: {any: [{one: {source: metric, where: 'one.name == "load" && one.value > 1.0'\(count)}}]}
            """
        func notes(last: Fact) throws -> [String] {
            var engine = RuleEngine(try RuleLoader.load(text: text, file: "r.yaml"))
            _ = engine.take(reading(load("a"), 0, 2))
            _ = engine.take(reading(load("b"), 0, 2))
            if count.isEmpty { _ = engine.take(reading(load("b"), 5, 0)) }
            return (engine.handle(last, now: last.time) + engine.advance(to: second(1_000))).compactMap(\.alert)
                .map(\.note)
        }
        #expect(try notes(last: stale("a", 10)) == ["nothing was heard of it any more"])
        #expect(try notes(last: reading(load("a"), 10, 0)) == [""])
    }

    @Test("series that are counted are counted no more once they have been silent for so long")
    func counted() throws {
        let when = "{source: metric, where: 'c.value > 1.0', count: {gte: 2}}"
        var engine = try engine("missing_data: {hold: 1h}", when: when)
        for instance in ["a", "b", "c"] { _ = engine.take(reading(load(instance), 0, 2)) }
        _ = engine.take(stale("a", 10))
        _ = engine.take(stale("b", 20))
        #expect(engine.pass(to: 3_610) == [])
        var restored = try self.engine("missing_data: {hold: 1h}", when: when)
        _ = try restored.restore(engine.snapshot(), now: second(3_610))
        let alerts = engine.advance(to: second(3_620)).compactMap(\.alert)
        #expect(alerts.map(\.state) == [.resolved])
        #expect(alerts.map(\.note) == ["nothing was heard of it for 1h"])
        #expect(restored.advance(to: second(3_620)).compactMap(\.alert) == alerts)
    }

    @Test(
        "mistakes are told in their place",
        arguments: [
            ("{hold: 1s}", "rule.yaml:6:22: 'hold' must be from 1m to 31d, not 1s"),
            ("{hold: 6}", "'hold' must be a length of time with its unit"),
            ("{holt: 6h}", "unknown key 'holt' in 'missing_data'; did you mean 'hold'?"),
            ("{}", "'missing_data' needs 'hold'"), ("keep", "'missing_data' must be hold, resolve or fire"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try engine("missing_data: \(text)") }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    /// When a series fails or falls silent, the alert ends at the first moment at which no series holds it any more.
    @Test("any facts: an alert ends when the last series is well or has been silent for too long")
    func property() throws {
        var generator = SplitMix64(seed: 11)
        for round in 0..<60 {
            var engine = try engine("group_by: [service]\nmissing_data: {hold: 2m}")
            var facts: [(instance: Int, time: Int64, kind: Int)] = []
            for time in stride(from: Int64(0), to: 1_500, by: 15) {
                for instance in 0..<3 where Int.random(in: 0..<4, using: &generator) == 0 {
                    facts.append((instance, time, Int.random(in: 0..<3, using: &generator)))
                }
            }
            for (place, fact) in facts.enumerated() {
                let labels = load("\(fact.instance)")
                let known: Fact =
                    fact.kind == 0
                    ? .stale(labels, at: second(fact.time)) : reading(labels, fact.time, fact.kind == 1 ? 2 : 0)
                _ = engine.take(known)
                let isLast = place + 1 == facts.count || facts[place + 1].time > fact.time
                guard isLast else { continue }
                _ = engine.advance(to: second(fact.time))
                // The naive answer: for each series its last answer, and since when it has been silent.
                let holds = (0..<3).contains { instance in
                    var isHolding = false
                    var silent: Int64?
                    for past in facts[...place] where past.instance == instance {
                        if let since = silent, past.time > since + 120 { (isHolding, silent) = (false, nil) }
                        switch past.kind {
                        case 0: if isHolding { silent = past.time }
                        case 1: (isHolding, silent) = (true, nil)
                        default: (isHolding, silent) = (false, nil)
                        }
                    }
                    return isHolding && silent.map { fact.time < $0 + 120 } ?? true
                }
                #expect(engine.activeAlerts.isEmpty != holds, "round \(round) at \(fact.time)")
            }
        }
    }
}
