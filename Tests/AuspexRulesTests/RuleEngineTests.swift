import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Evaluating rules")
struct RuleEngineTests {
    @Test("a condition has to hold for as long as the rule says")
    func hold() throws {
        var engine = RuleEngine(try rules())
        #expect(engine.take(reading(load("a"), 0, 2)) == ["pending a"])
        #expect(engine.pass(to: 29) == [])
        #expect(engine.take(reading(load("a"), 29, 2)) == [])
        #expect(engine.pass(to: 30) == ["firing a"])
        #expect(engine.pass(to: 300) == [])
        #expect(engine.take(reading(load("a"), 300, 1)) == [])
        #expect(engine.pass(to: 300) == ["resolved a"])
        #expect(engine.activeAlerts.isEmpty)
    }

    @Test("transitions are stamped with their own moments, not with those at which they are noticed")
    func moments() throws {
        var engine = RuleEngine(try rules())
        _ = engine.take(reading(load("a"), 0, 2))
        let fired = try #require(engine.advance(to: second(500)).first?.alert)
        #expect(fired.startedAt == second(0))
        #expect(fired.firedAt == second(30))
        #expect(fired.resolvedAt == nil)
        _ = engine.take(reading(load("a"), 600, 0))
        let resolved = try #require(engine.advance(to: second(700)).first?.alert)
        #expect(resolved.id == fired.id)
        #expect(resolved.firedAt == second(30))
        #expect(resolved.resolvedAt == second(600))
    }

    @Test("an alert that never fired ends without a firing time")
    func neverFired() throws {
        var engine = RuleEngine(try rules())
        _ = engine.take(reading(load("a"), 0, 2))
        _ = engine.take(reading(load("a"), 30, 1))
        let alert = try #require(engine.advance(to: second(30)).first?.alert)
        #expect(alert.state == .resolved)
        #expect(alert.firedAt == nil)
    }

    @Test("an alert is kept firing after its condition has ended, and goes on if it holds again")
    func keepFiring() throws {
        let when = "{source: metric, where: 'c.value > 1', keep_firing_for: 1m}"
        var engine = RuleEngine(try rules(when: when))
        #expect(engine.take(reading(load("a"), 0, 2)) == ["firing a"])
        #expect(engine.take(reading(load("a"), 10, 0)) == [])
        #expect(engine.pass(to: 69) == [])
        #expect(engine.take(reading(load("a"), 70, 2)) == [])
        #expect(engine.take(reading(load("a"), 80, 0)) == [])
        #expect(engine.pass(to: 139) == [])
        #expect(engine.pass(to: 140) == ["resolved a"])
    }

    @Test("a runbook is asked for once, when the alert begins to fire, and never when it ends")
    func requests() throws {
        let more = """
            status: test
            labels: {team: web}
            then:
              - {if: 'c.value > 100.0', runbook: never}
              - runbook: restart
                mode: propose
                with:
                  instance: labels.instance
                  load: m.value
                  why: alert.title + ' since ' + string(alert.started_at)
                  team: alert.labels.team
            """
        var engine = RuleEngine(try rules(more: more))
        _ = engine.handle(reading(load("a"), 0, 2), now: second(1))
        let events = engine.handle(reading(load("a"), 30, 3), now: second(33))
        #expect(events.map(\.brief) == ["firing a", "run restart"])
        let request = try #require(events.last?.request)
        #expect(request.mode == .propose)
        #expect(
            request.parameters
                == .object([
                    "instance": .string("a"), "load": .int(3), "team": .string("web"),
                    "why": .string("Load is high since 1970-01-01T00:00:00Z"),
                ]))
        #expect(request.alertID == events.first?.alert?.id)
        #expect(request.firedAt == second(30))
        #expect(request.requestedAt == second(33))
        for time in Int64(31)..<60 { #expect(engine.take(reading(load("a"), time, 4)) == []) }
        _ = engine.take(reading(load("a"), 60, 0))
        #expect(engine.pass(to: 60) == ["resolved a"])
        _ = engine.take(reading(load("a"), 90, 2))
        let again = engine.handle(reading(load("a"), 120, 2), now: second(120))
        #expect(again.compactMap(\.request?.runbook) == ["restart"])
        #expect(again.last?.request?.triggerKey != request.triggerKey)
    }

    @Test("an expression in 'then' that fails asks for nothing, also not for what comes after it")
    func failingResponse() throws {
        let more = "then: [{if: 'labels.absent == \"x\"', runbook: a}, {runbook: b}]"
        var engine = RuleEngine(try rules(when: "{source: metric, where: 'm.value > 1'}", more: more))
        #expect(engine.take(reading(load("a"), 0, 2)) == ["firing a"])
        let statistics = try #require(engine.statistics(of: "high-load"))
        #expect(statistics.errors == 1)
        #expect(statistics.lastError.hasPrefix("then: 1:7: "))
    }

    @Test("one alert for each combination of the labels that a rule groups by, held by any of its series")
    func groups() throws {
        var engine = RuleEngine(try rules(more: "group_by: [service]"))
        let all = [("a", "web"), ("b", "web"), ("c", "shop")].map { load($0.0, service: $0.1) }
        #expect(engine.take(reading(all[0], 0, 2)) == ["pending {service=\"web\"}"])
        #expect(engine.take(reading(all[1], 10, 2)) == [])
        #expect(engine.take(reading(all[2], 10, 2)) == ["pending {service=\"shop\"}"])
        #expect(engine.take(reading(all[0], 20, 0)) == [])
        #expect(engine.pass(to: 30) == ["firing {service=\"web\"}"])
        #expect(engine.pass(to: 40) == ["firing {service=\"shop\"}"])
        let alert = try #require(engine.activeAlerts.first { $0.group["service"] == "web" })
        #expect(alert.group == Labels(["service": "web"]))
        #expect(alert.evidence.series == all[1])
        #expect(engine.take(reading(all[1], 50, 0)) == [])
        #expect(engine.pass(to: 50) == ["resolved {service=\"web\"}"])
    }

    @Test("a rule that groups by nothing has one alert for each series, and names the metric only where it needs to")
    func noGroups() throws {
        let one = try rules(when: "{source: metric, where: 'm.name == \"load\" && m.value > 1'}")
        var engine = RuleEngine(one)
        let alert = engine.handle(reading(load("a"), 0, 2), now: second(0)).first?.alert
        #expect(alert?.group == Labels(["instance": "a", "service": "web"]))
        var open = RuleEngine(try rules(when: "{source: metric, where: 'm.value > 1'}"))
        #expect(open.handle(reading(load("a"), 0, 2), now: second(0)).first?.alert?.group == load("a"))
        let grouped = RuleEngine(try rules(when: "{source: metric, where: 'm.value > 1'}", more: "group_by: []"))
        var together = grouped
        #expect(together.handle(reading(load("a"), 0, 2), now: second(0)).first?.alert?.group == Labels())
    }

    @Test("an evaluation that fails is neither yes nor no, is counted, and its text is kept")
    func errors() throws {
        let when = "{source: metric, where: 'm.labels.zone == \"x\" && m.value > 1'}"
        var engine = RuleEngine(try rules(when: when))
        let zoned = load("a").setting("zone", to: "x")
        #expect(engine.take(reading(zoned, 0, 2)) == ["firing a"])
        #expect(engine.take(reading(load("a"), 10, 2)) == [])
        #expect(engine.pass(to: 100) == [])
        let statistics = try #require(engine.statistics(of: "high-load"))
        #expect(statistics.evaluations == 2)
        #expect(statistics.matches == 1)
        #expect(statistics.errors == 1)
        #expect(statistics.lastError.contains("zone"))
        #expect(statistics.lastErrorAt == second(10))
    }

    @Test("a detector that is warming up gives no answer: no alert begins, and none ends")
    func warmingUp() throws {
        var engine = RuleEngine(try rules(when: "{source: metric, where: 'm.anomaly_score >= 1.0'}"))
        #expect(engine.take(reading(load("a"), 0, 2, score: 3)) == ["firing a"])
        var fact = MetricFact(labels: load("a"), reading: Reading(time: second(10), value: 2))
        fact.reading.readiness = .warmingUp(seen: 1, needed: 9)
        #expect(engine.take(.metric(fact)) == [])
        #expect(engine.pass(to: 10) == [])
        let statistics = try #require(engine.statistics(of: "high-load"))
        #expect(statistics.undecided == 1)
        #expect(statistics.errors == 0)
        #expect(engine.take(reading(load("a"), 20, 2, score: 0.5)) == [])
        #expect(engine.pass(to: 20) == ["resolved a"])
    }

    @Test("a value that is not a number never means that all is well")
    func notANumber() throws {
        var engine = RuleEngine(try rules(when: "{source: metric, where: 'm.value > 1'}"))
        #expect(engine.take(reading(load("a"), 0, 2)) == ["firing a"])
        #expect(engine.take(reading(load("a"), 10, .nan)) == [])
        #expect(engine.take(reading(load("a"), 20, Double(bitPattern: Sample.staleBits))) == [])
        #expect(engine.pass(to: 1000) == [])
        #expect(engine.activeAlerts.count == 1)
    }

    @Test(
        "time without an answer does not count towards 'for', whatever the reason",
        arguments: ["not a number", "warming up", "failing"])
    func noAnswer(reason: String) throws {
        let when = "{source: metric, where: 'm.anomaly_score >= 1.0 && m.labels.instance == \"a\"', for: 30s}"
        var engine = RuleEngine(try rules(when: when, more: "group_by: [service]"))
        #expect(engine.take(reading(load("a"), 0, 2, score: 3)) == ["pending {service=\"web\"}"])
        var labels = load("a")
        if reason == "failing" { labels = Labels([Labels.metricName: "load", "service": "web"]) }
        // The series that fails is the one that holds: its label is gone for a while.
        var blank = MetricFact(labels: labels, reading: Reading(time: second(20), value: 2))
        switch reason {
        case "not a number": blank.reading.value = .nan
        case "warming up": blank.reading.readiness = .warmingUp(seen: 1, needed: 9)
        default: break
        }
        #expect(engine.take(.metric(blank)) == [])
        guard reason != "failing" else {
            // Another series that fails does not stop the clock of one that goes on.
            #expect(engine.pass(to: 30) == ["firing {service=\"web\"}"])
            return
        }
        #expect(engine.pass(to: 500) == [])
        #expect(engine.take(reading(load("a"), 600, 2, score: 3)) == [])
        #expect(engine.pass(to: 609) == [])
        #expect(engine.pass(to: 610) == ["firing {service=\"web\"}"])
    }

    @Test("an evaluation that fails stops the clock of a pending alert until the next answer")
    func failingStopsTheClock() throws {
        let when = "{source: metric, where: 'm.value > 1 && (m.value < 9 || m.labels.zone == \"x\")', for: 30s}"
        var engine = RuleEngine(try rules(when: when))
        #expect(engine.take(reading(load("a"), 0, 2)) == ["pending a"])
        #expect(engine.take(reading(load("a"), 10, 10)) == [])
        #expect(engine.statistics(of: "high-load")?.errors == 1)
        #expect(engine.pass(to: 100) == [])
        #expect(engine.take(reading(load("a"), 100, 2)) == [])
        #expect(engine.pass(to: 120) == ["firing a"])
    }

    @Test(
        "a series that falls silent is treated as the rule says",
        arguments: [
            (Rule.MissingData.hold, ["pending a", "firing a"], [] as [String]),
            (.resolve, ["pending a", "resolved a"], []),
            (.fire, ["pending a", "firing a"], ["pending b", "firing b"]),
        ])
    func silence(missingData: Rule.MissingData, ill: [String], well: [String]) throws {
        var engine = RuleEngine(try rules(more: "missing_data: \(missingData.rawValue)"))
        var events = engine.take(reading(load("a"), 0, 2))
        events += engine.take(.stale(load("a"), at: second(20)))
        events += engine.pass(to: 100)
        // Under `hold` the ten seconds that were missing have to pass with data.
        events += engine.take(reading(load("a"), 200, missingData == .resolve ? 0 : 2))
        events += engine.pass(to: 210)
        #expect(events == ill)
        var others = engine.take(reading(load("b"), 300, 0))
        others += engine.take(.stale(load("b"), at: second(310)))
        others += engine.take(.stale(Labels([Labels.metricName: "other", "instance": "b"]), at: second(310)))
        others += engine.pass(to: 400)
        #expect(others == well)
    }

    @Test("silence ends only the series that are silent")
    func partialSilence() throws {
        var engine = RuleEngine(try rules(more: "group_by: [service]"))
        _ = engine.take(reading(load("a"), 0, 2))
        _ = engine.take(reading(load("b"), 0, 2))
        _ = engine.take(.stale(load("a"), at: second(10)))
        #expect(engine.pass(to: 30) == ["firing {service=\"web\"}"])
    }

    @Test("records, changes and outside alerts are facts too")
    func otherSources() throws {
        let record = LogRecord(
            time: second(5), severity: "ERROR", body: "disk full", attributes: Labels(["instance": "a"]))
        let change = Change(
            id: "1", service: "web", environment: "prod", version: "v2", startedAt: second(1), endedAt: second(5),
            outcome: .success)
        let outside = OutsideAlert(name: "Down", labels: Labels(["instance": "a"]), severity: "page", time: second(5))
        let cases: [(String, Fact)] = [
            (
                "source: log, where: 'log.severity == \"ERROR\" && c.body.contains(\"full\") && c.is_new'",
                .log(LogFact(record: record, template: "disk <*>", templateID: "t1", isNew: true))
            ),
            (
                "source: change, where: 'change.kind == \"deploy\" && c.environment == \"prod\" && has(c.ended_at)'",
                .change(change)
            ),
            ("source: alert, where: 'alert.name == \"Down\" && c.severity in [\"page\"]'", .alert(outside)),
        ]
        for (when, fact) in cases {
            var engine = RuleEngine(try rules(when: "{\(when)}", more: "group_by: [instance]"))
            let alert = try #require(engine.handle(fact, now: second(9)).first?.alert)
            #expect(alert.state == .firing)
            #expect(alert.firedAt == second(5))
            #expect(!alert.evidence.text.isEmpty)
            #expect(engine.handle(reading(load("a"), 6, 9), now: second(9)).isEmpty)
        }
    }

    @Test("an alert for a moment ends by itself")
    func momentary() throws {
        var engine = RuleEngine(try rules(when: "{source: log, where: 'log.body == \"x\"', keep_firing_for: 1m}"))
        func record(_ seconds: Int64) -> Fact { .log(LogFact(record: LogRecord(time: second(seconds), body: "x"))) }
        #expect(engine.take(record(0)) == ["firing {}"])
        #expect(engine.take(record(30)) == [])
        #expect(engine.pass(to: 89) == [])
        #expect(engine.pass(to: 90) == ["resolved {}"])
    }

    @Test("an outside alert that is resolved ends the condition, whatever the expression says")
    func outsideResolve() throws {
        var engine = RuleEngine(try rules(when: "{source: alert, where: 'alert.name == \"Down\"'}"))
        var outside = OutsideAlert(name: "Down", labels: Labels(["instance": "a"]), time: second(0))
        #expect(engine.take(.alert(outside)) == ["firing a"])
        outside.state = .resolved
        outside.time = second(60)
        var silent = engine
        #expect(engine.take(.alert(outside)) == [])
        #expect(engine.advance(to: second(60)).compactMap(\.alert).map(\.note) == [""])
        outside.isUnheardOf = true
        #expect(silent.take(.alert(outside)) == [])
        let ended = silent.advance(to: second(60)).compactMap(\.alert)
        #expect(ended.map(\.state) == [.resolved])
        #expect(ended.map(\.note) == ["nothing was heard of it any more"])
    }

    @Test("an alert's identifier is stable and differs by rule, group and start")
    func identifiers() throws {
        func alert(_ instance: String, _ time: Int64) throws -> Alert {
            var engine = RuleEngine(try rules())
            return try #require(engine.handle(reading(load(instance), time, 2), now: second(time)).first?.alert)
        }
        #expect(try alert("a", 0).id == alert("a", 0).id)
        #expect(try alert("a", 0).id == "20778f598b900a3b")
        #expect(try Set([alert("a", 0).id, alert("b", 0).id, alert("a", 1).id]).count == 3)
    }

    @Test("a rule can't have more alerts at a time than there is room for")
    func mostGroups() throws {
        var engine = RuleEngine(try rules(when: "{source: metric, where: 'm.value > 1'}"))
        for number in 0..<RuleEngine.mostGroups + 5 { _ = engine.take(reading(load("\(number)"), 0, 2)) }
        #expect(engine.activeAlerts.count == RuleEngine.mostGroups)
        #expect(engine.statistics(of: "high-load")?.refusedGroups == 5)
    }

    @Test("evidence says what was seen and what was expected")
    func evidence() throws {
        var engine = RuleEngine(try rules(when: "{source: metric, where: 'm.value > m.upper'}"))
        let found = Reading(
            time: second(1), value: 0.97312, rawScore: 7.5, pValue: 0.00001, anomalyScore: 2.1,
            expectation: Expectation(value: 0.3, lower: 0.1, upper: 0.55))
        let fact = Fact.metric(MetricFact(labels: load("a"), reading: found, detector: "ewma 1"))
        let evidence = try #require(engine.handle(fact, now: second(2)).first?.alert?.evidence)
        #expect(evidence.value == 0.97312)
        #expect(evidence.expectation == found.expectation)
        #expect(evidence.rawScore == 7.5)
        #expect(evidence.anomalyScore == 2.1)
        #expect(evidence.pValue == 0.00001)
        #expect(evidence.detector == "ewma 1")
        #expect(
            evidence.text == """
                load{instance="a",service="web"} is 0.9731 (expected 0.3, 0.1 to 0.55; anomaly score 2.1, p 1e-05)
                """)
    }
}
