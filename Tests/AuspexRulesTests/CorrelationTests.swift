import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Rules of several conditions")
struct CorrelationTests {
    /// An engine with one rule called `r`.
    private func engine(when: String, more: String = "") throws -> RuleEngine {
        RuleEngine(
            try RuleLoader.load(
                text: """
                    kind: rule
                    id: r
                    title: Several things
                    severity: warning
                    when:
                    \(when.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
                    \(more)
                    """, file: "rule.yaml"))
    }

    private func deploy(_ service: String, _ seconds: Int64, version: String = "2") -> Fact {
        .change(
            Change(
                id: "\(service)-\(seconds)", kind: .deploy, service: service, environment: "prod", version: version,
                previousVersion: "1", author: "", title: "", startedAt: second(seconds), outcome: .success,
                source: "api"))
    }

    private func log(_ service: String, _ seconds: Int64, _ body: String, user: String = "") -> Fact {
        let labels = Labels(["service": service, "user": user])
        return .log(LogFact(record: LogRecord(time: second(seconds), severity: "INFO", body: body, attributes: labels)))
    }

    private func ratio(_ service: String, _ seconds: Int64, _ value: Double, host: String = "a") -> Fact {
        let labels = Labels([Labels.metricName: "ratio", "service": service, "host": host])
        return .metric(MetricFact(labels: labels, reading: Reading(time: second(seconds), value: value)))
    }

    /// `state service @seconds` of each event, the seconds being those of the step itself.
    private func told(_ events: [RuleEvent]) -> [String] {
        events.compactMap(\.alert).map { alert in
            let time = alert.resolvedAt ?? alert.firedAt ?? alert.startedAt
            return "\(alert.state.rawValue) \(alert.group["service"] ?? "-") @\(time.milliseconds / 1_000)"
        }
    }

    private func run(_ engine: inout RuleEngine, _ facts: [Fact], until end: Int64) -> [String] {
        var events: [RuleEvent] = []
        for fact in facts { events += engine.handle(fact, now: fact.time) }
        return told(events + engine.advance(to: second(end)))
    }

    static let deployThenErrors = """
        sequence:
          - deploy: {source: change, where: 'change.kind == "deploy"'}
          - errors: {source: metric, where: 'm.name == "ratio" && m.value > 0.5', for: 2m, keep_firing_for: 1m}
        within: 20m
        join_on: [service]
        """

    // MARK: Sequences

    @Test("errors that begin after a deploy fire with the end of their hold, and last as long as the errors")
    func sequence() throws {
        var engine = try engine(when: Self.deployThenErrors)
        let facts =
            [deploy("shop", 0)] + (1...40).map { ratio("shop", $0 * 60, 0.9) } + [ratio("shop", 2_460, 0.1)]
        #expect(run(&engine, facts, until: 9_000) == ["firing shop @180", "resolved shop @2520"])
        #expect(engine.activeAlerts.isEmpty)
    }

    @Test("errors that were there before the deploy, come too late or are another service's are none of its doing")
    func noSequence() throws {
        var before = try engine(when: Self.deployThenErrors)
        let old = (0...10).map { ratio("shop", $0 * 60, 0.9) } + [deploy("shop", 601)] + [ratio("shop", 900, 0.9)]
        #expect(run(&before, old, until: 9_000) == [])
        var late = try engine(when: Self.deployThenErrors)
        #expect(
            run(&late, [deploy("shop", 0), ratio("shop", 1_201, 0.9), ratio("shop", 1_321, 0.9)], until: 1_400) == [])
        var other = try engine(when: Self.deployThenErrors)
        #expect(run(&other, [deploy("shop", 0), ratio("db", 60, 0.9), ratio("db", 240, 0.9)], until: 1_300) == [])
    }

    @Test("errors that began before a deploy are none of its doing, also when their hold ends after it")
    func holdAcross() throws {
        var engine = try engine(when: Self.deployThenErrors)
        let facts = [ratio("shop", 0, 0.9), ratio("shop", 50, 0.9), deploy("shop", 60)] + [ratio("shop", 180, 0.9)]
        #expect(run(&engine, facts, until: 1_000) == [])
    }

    @Test("what has ended is not taken up again while the alert is kept firing", arguments: ["all", "sequence"])
    func keeping(form: String) throws {
        var engine = try engine(
            when: """
                \(form):
                  - high: {source: metric, where: 'm.labels.host == "x" && m.value > 0.5'}
                  - low: {source: metric, where: 'm.labels.host == "y" && m.value > 0.5'}
                within: 30m
                join_on: [service]
                keep_firing_for: 3m
                """)
        let facts = [
            ratio("a", 0, 1, host: "x"), ratio("a", 300, 1, host: "y"), ratio("a", 600, 0, host: "y"),
            ratio("a", 700, 1, host: "x"), ratio("a", 1_200, 1, host: "x"), ratio("a", 2_000, 0, host: "x"),
        ]
        #expect(run(&engine, facts, until: 9_000) == ["firing a @300", "resolved a @780"])
    }

    @Test("what is decided when the alert fires is decided by the latest facts")
    func latestFacts() throws {
        let more = "risk: {points: [{if: 'errors.value > 0.8', add: 50, because: most fail}]}"
        var engine = try engine(when: Self.deployThenErrors, more: more)
        let facts = [deploy("shop", 0), ratio("shop", 60, 0.6), ratio("shop", 120, 0.7), ratio("shop", 180, 0.9)]
        var events: [RuleEvent] = []
        for fact in facts { events += engine.handle(fact, now: fact.time) }
        #expect(events.first?.alert?.risk?.score == 50)
    }

    @Test("the edge of the window belongs to it")
    func edge() throws {
        var engine = try engine(when: Self.deployThenErrors)
        let facts = [deploy("shop", 0), ratio("shop", 1_200, 0.9), ratio("shop", 1_320, 0.9)]
        #expect(run(&engine, facts, until: 1_320) == ["firing shop @1320"])
    }

    @Test("a sequence of moments fires for as long as the rule says, and each further one adds to that")
    func moments() throws {
        var engine = try engine(
            when: """
                sequence:
                  - stop: {source: log, where: 'log.body == "stopping"'}
                  - crash: {source: log, where: 'log.body == "panic"'}
                within: 1m
                join_on: [service]
                keep_firing_for: 2m
                """)
        let facts = [
            log("a", 0, "stopping"), log("a", 30, "panic"), log("a", 100, "stopping"), log("a", 110, "panic"),
            log("a", 300, "panic"),
        ]
        #expect(run(&engine, facts, until: 1_000) == ["firing a @30", "resolved a @230"])
    }

    // MARK: All and any

    /// Another system's alert that fires at 20 s, and its end at 60 s.
    private static let page: (down: OutsideAlert, up: OutsideAlert) = {
        let labels = Labels(["service": "shop"])
        return (
            OutsideAlert(name: "Down", labels: labels, time: second(20)),
            OutsideAlert(name: "Down", labels: labels, state: .resolved, time: second(60))
        )
    }()

    @Test("without a window all have to hold at once, and the alert ends with the first that doesn't")
    func allAtOnce() throws {
        var engine = try engine(
            when: """
                all:
                  - high: {source: metric, where: 'm.name == "ratio" && m.value > 0.5'}
                  - page: {source: alert, where: 'alert.name == "Down"'}
                join_on: [service]
                """)
        let (down, up) = Self.page
        let facts = [
            ratio("shop", 0, 0.9), ratio("shop", 10, 0.1), .alert(down), ratio("shop", 30, 0.9), .alert(up),
            ratio("shop", 70, 0.9),
        ]
        #expect(run(&engine, facts, until: 100) == ["firing shop @30", "resolved shop @60"])
    }

    @Test("in a window they may come in any order")
    func allWithin() throws {
        let when = """
            all:
              - deploy: {source: change, where: 'true'}
              - panic: {source: log, where: 'log.body == "panic"'}
            within: 5m
            join_on: [service]
            """
        for facts in [[deploy("a", 0), log("a", 300, "panic")], [log("a", 0, "panic"), deploy("a", 300)]] {
            var engine = try engine(when: when)
            #expect(run(&engine, facts, until: 10_000) == ["firing a @300", "resolved a @600"])
        }
        var engine = try engine(when: when)
        #expect(run(&engine, [deploy("a", 0), log("a", 301, "panic")], until: 10_000) == [])
    }

    @Test("with any the alert lasts while one holds")
    func any() throws {
        var engine = try engine(
            when: """
                any:
                  - high: {source: metric, where: 'm.name == "ratio" && m.value > 0.5'}
                  - page: {source: alert, where: 'alert.name == "Down"'}
                join_on: [service]
                """)
        let (down, up) = Self.page
        let facts = [ratio("shop", 0, 0.9), .alert(down), ratio("shop", 30, 0.1), .alert(up)]
        #expect(run(&engine, facts, until: 100) == ["firing shop @0", "resolved shop @60"])
    }

    // MARK: Counting

    @Test("so many records in a sliding window, or so many different values")
    func counts() throws {
        let when =
            "failed: {source: log, where: 'log.body == \"no\"', count: {gte: 3, within: 1m}, keep_firing_for: 1m}"
        var engine = try engine(when: when, more: "group_by: [service]")
        let facts = [0, 30, 60, 89, 200, 230].map { log("a", $0, "no") }
        #expect(run(&engine, facts, until: 1_000) == ["firing a @89", "resolved a @149"])
        let distinct = """
            failed: {source: log, where: 'log.body == "no"', count: {gte: 3, distinct: labels.user, within: 1m}}
            """
        var users = try self.engine(when: distinct, more: "group_by: [service]")
        let names = ["x", "y", "x", "y", "", "z"]
        let tries = names.enumerated().map { log("a", Int64($0.offset), "no", user: $0.element) }
        #expect(run(&users, tries, until: 10) == ["firing a @5"])
    }

    @Test("so many series for which the condition holds, each host once")
    func fleet() throws {
        let when = """
            down: {source: metric, where: 'm.value > 0.5', for: 30s, count: {gte: 2, distinct: labels.host}}
            """
        var engine = try engine(when: when, more: "group_by: [service]")
        let facts = [
            ratio("a", 0, 1, host: "x"), ratio("a", 10, 1, host: "y"), ratio("a", 30, 1, host: "x"),
            ratio("a", 45, 1, host: "y"), ratio("a", 50, 0, host: "x"),
        ]
        #expect(run(&engine, facts, until: 100) == ["firing a @40", "resolved a @50"])
    }

    @Test("what is older than what is known of a series does not change the count, and what ends is counted no more")
    func fleetOrder() throws {
        let when = "down: {source: metric, where: 'has(m.value) && m.value > 0.5', count: {gte: 2}}"
        var engine = try engine(when: when, more: "group_by: [service]\nmissing_data: resolve")
        let late = [
            ratio("a", 0, 1, host: "x"), ratio("a", 10, 1, host: "y"), ratio("a", 5, 0, host: "y"),
            ratio("a", 20, 1, host: "x"),
        ]
        #expect(run(&engine, late, until: 20) == ["firing a @10"])
        let labels = Labels([Labels.metricName: "ratio", "service": "a", "host": "y"])
        let events = engine.handle(.stale(labels, at: second(30)), now: second(30)) + engine.advance(to: second(30))
        #expect(told(events) == ["resolved a @30"])
    }

    // MARK: Absence

    static let deployWithoutStart = """
        deploy: {source: change, where: 'true', keep_firing_for: 1h}
        unless: {started: {source: log, where: 'log.body == "ready"'}, within: 10m}
        join_on: [service]
        """

    @Test("what does not follow makes the alert at the end of the window; what follows after all ends it")
    func absence() throws {
        var engine = try engine(when: Self.deployWithoutStart)
        let facts = [deploy("a", 0), deploy("b", 0), log("b", 600, "ready"), log("a", 900, "ready")]
        let told = run(&engine, facts, until: 1_000)
        #expect(told == ["pending a @0", "pending b @0", "resolved b @600", "firing a @600", "resolved a @900"])
    }

    @Test("what happened before keeps the alert away on its side")
    func absenceBefore() throws {
        let when = """
            panic: {source: log, where: 'log.body == "panic"'}
            unless: {deploy: {source: change, where: 'true'}, within: 10m, side: before}
            join_on: [service]
            """
        var engine = try engine(when: when)
        let facts = [deploy("a", 0), log("a", 600, "panic"), log("b", 600, "panic"), deploy("b", 601)]
        #expect(run(&engine, facts, until: 700) == ["firing b @600"])
    }

    // MARK: What is known of it

    @Test("expressions of risk and then see every condition; the alert keeps its risk and all facts")
    func risk() throws {
        let more = """
            status: stable
            risk:
              base: 20
              points:
                - {if: 'deploy.version == "2"', add: 30, because: second version}
                - {if: 'errors.value > 0.8', add: 25.5, because: most requests fail}
                - {if: 'deploy.service == "x"', add: 40, because: never}
            then:
              - {if: 'risk.band == "high"', runbook: roll-back, mode: auto, with: {to: deploy.previous_version, score: risk.score}}
              - {runbook: look}
            """
        var engine = try engine(when: Self.deployThenErrors, more: more)
        let facts = [deploy("shop", 0)] + (1...3).map { ratio("shop", $0 * 60, 0.9) } + [ratio("shop", 200, 0)]
        var events: [RuleEvent] = []
        for fact in facts { events += engine.handle(fact, now: fact.time) }
        let alert = try #require(events.first?.alert)
        #expect(alert.risk?.score == 75.5 && alert.risk?.band == "high")
        #expect(alert.risk?.reasons.map(\.text) == ["second version", "most requests fail"])
        #expect(alert.evidence.series.name == "ratio" && alert.related?["deploy"]?.text.contains("shop") == true)
        let request = try #require(events.compactMap(\.request).first)
        #expect(request.runbook == "roll-back")
        #expect(request.parameters == .object(["to": .string("1"), "score": .double(75.5)]))
        #expect(engine.activeAlerts.first?.risk?.score == 75.5)
        let end = engine.advance(to: second(1_000)).compactMap(\.alert)
        #expect(end.map(\.id) == [alert.id] && end.first?.risk?.score == 75.5)
    }

    @Test("state survives a snapshot at any moment, and facts that are held back too")
    func snapshots() throws {
        let facts =
            [deploy("shop", 0), deploy("db", 30)] + (1...40).map { ratio("shop", $0 * 60, $0 < 30 ? 0.9 : 0) }
            + (3...20).map { ratio("db", $0 * 60 + 7, 0.9) }
        let ordered = facts.sorted { $0.time < $1.time }
        for more in ["", "allow_late: 2m"] {
            var whole = try engine(when: Self.deployThenErrors, more: more)
            let expected = run(&whole, ordered, until: 9_000)
            #expect(expected.count >= 3)
            for stop in stride(from: 0, to: ordered.count, by: 7) {
                var first = try engine(when: Self.deployThenErrors, more: more)
                var events: [RuleEvent] = []
                for fact in ordered[..<stop] { events += first.handle(fact, now: fact.time) }
                var second = try engine(when: Self.deployThenErrors, more: more)
                #expect(try second.restore(try first.snapshot(), now: ordered[stop].time).isEmpty)
                #expect(told(events) + run(&second, Array(ordered[stop...]), until: 9_000) == expected)
            }
        }
    }

    @Test("a key is forgotten when nothing of it can matter any more")
    func forgetting() throws {
        var engine = try engine(when: Self.deployThenErrors)
        for number in 0..<500 { _ = engine.take(deploy("s\(number)", Int64(number))) }
        #expect(engine.state(of: "r").correlations.count == 500)
        _ = engine.pass(to: 500 + 1_200 + 120 + 1)
        #expect(engine.state(of: "r").correlations.isEmpty)
    }

    @Test("a fact at the end of time hangs nothing", .timeLimit(.minutes(1)))
    func endOfTime() throws {
        var engine = try engine(when: Self.deployThenErrors)
        let last = Timestamp(milliseconds: .max)
        let change = Change(id: "x", service: "shop", startedAt: last)
        _ = engine.handle(.change(change), now: last)
        _ = engine.advance(to: last)
        _ = engine.handle(.change(change), now: last)
        #expect(engine.activeAlerts.isEmpty)
    }

    @Test("facts without a value to join by belong to nothing and are counted")
    func unjoined() throws {
        var engine = try engine(when: Self.deployThenErrors)
        _ = engine.take(deploy("", 0))
        #expect(engine.statistics(of: "r")?.unjoined == 1)
        #expect(engine.state(of: "r").correlations.isEmpty)
    }

    @Test("values to join by may stand in other fields of each condition's facts")
    func aliases() throws {
        let when = Self.deployThenErrors.replacing(
            "join_on: [service]", with: "join_on: {service: {deploy: service, errors: labels.host}}")
        var engine = try engine(when: when)
        let facts = [deploy("web-1", 0)] + (1...4).map { ratio("shop", $0 * 60, 0.9, host: "web-1") }
        #expect(run(&engine, facts, until: 240) == ["firing web-1 @180"])
    }

    // MARK: Order

    @Test("inside allow_late the order in which facts come changes nothing", arguments: 0..<4)
    func order(seed: UInt64) throws {
        let forms = [
            Self.deployThenErrors, Self.deployWithoutStart,
            """
            all:
              - deploy: {source: change, where: 'true'}
              - ready: {source: log, where: 'log.body == "ready"', count: {gte: 2, within: 2m}}
              - errors: {source: metric, where: 'm.value > 0.5'}
            within: 5m
            join_on: [service]
            """,
        ]
        var generator = SplitMix64(seed: seed)
        for form in forms {
            let facts = (0..<120).map { _ -> Fact in
                let service = ["a", "b", "c"][Int.random(in: 0..<3, using: &generator)]
                let time = Int64.random(in: 0..<1_500, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: return deploy(service, time)
                case 1: return log(service, time, "ready")
                default: return ratio(service, time, Double(Int.random(in: 0...1, using: &generator)))
                }
            }
            var reference: Set<RuleEvent>?
            for _ in 0..<85 {
                // Each comes up to two minutes late.
                let arrivals = facts.map {
                    ($0, $0.time.milliseconds + Int64.random(in: 0...120_000, using: &generator))
                }
                var engine = try engine(when: form, more: "allow_late: 2m")
                var events: [RuleEvent] = []
                for (fact, _) in arrivals.sorted(by: { $0.1 < $1.1 }) { events += engine.handle(fact, now: second(0)) }
                events += engine.advance(to: second(20_000))
                #expect(Set(events).count == events.count)
                if let reference { #expect(Set(events) == reference) }
                reference = Set(events)
            }
            #expect(!(reference ?? []).isEmpty)
        }
    }

    /// When alerts of moments fire and end, by trying everything: `comes(t)` says whether all has come together at t.
    private func naive(_ times: [Int64], keep: Int64, comes: (Int64) -> Bool) -> [String] {
        var told: [String] = []
        var until: Int64?
        for time in Set(times).sorted() where comes(time) {
            if let end = until, time <= end {
                until = time + keep
                continue
            }
            if let end = until { told.append("resolved a @\(end)") }
            told.append("firing a @\(time)")
            until = time + keep
        }
        return told + (until.map { ["resolved a @\($0)"] } ?? [])
    }

    @Test("moments come together as trying everything says", arguments: 0..<60)
    func exhaustive(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let window = Int64.random(in: 5...40, using: &generator)
        let keep = Int64.random(in: 1...30, using: &generator)
        let names = ["x", "y", "z"]
        let moments = (0..<40).map { _ in
            (name: names[Int.random(in: 0..<3, using: &generator)], time: Int64.random(in: 0..<400, using: &generator))
        }
        let facts = moments.map { log("a", $0.time, $0.name) }.sorted { $0.time < $1.time }
        func times(_ name: String) -> [Int64] { moments.filter { $0.name == name }.map(\.time) }
        let conditions = names.map { name in
            "  - \(name): {source: log, where: 'log.body == \"\(name)\"'}"
        }.joined(separator: "\n")
        let more = "within: \(window)s\njoin_on: [service]\nkeep_firing_for: \(keep)s"

        var all = try engine(when: "all:\n\(conditions)\n\(more)")
        let together = naive(moments.map(\.time), keep: keep) { end in
            names.allSatisfy { name in times(name).contains { $0 <= end && $0 >= end - window } }
        }
        #expect(run(&all, facts, until: 1_000) == together)

        var sequence = try engine(when: "sequence:\n\(conditions)\n\(more)")
        let inTurn = naive(times("z"), keep: keep) { end in
            times("x").contains { first in
                first >= end - window && times("y").contains { $0 >= first && $0 <= end }
            }
        }
        #expect(run(&sequence, facts, until: 1_000) == inTurn)

        let wanted = Int.random(in: 2...4, using: &generator)
        var counting = try engine(
            when: """
                n: {source: log, where: 'true', count: {gte: \(wanted), within: \(window)s}, keep_firing_for: \(keep)s}
                """, more: "group_by: [service]")
        let counted = naive(moments.map(\.time), keep: keep) { end in
            moments.count { $0.time <= end && $0.time > end - window } >= wanted
        }
        #expect(run(&counting, facts, until: 1_000) == counted)
    }

    @Test("by arrival a fact is as new as the newest, the same when the same facts come again")
    func arrival() throws {
        for now in [500, 900] as [Int64] {
            var engine = try engine(
                when: "panic: {source: log, where: 'log.body == \"panic\"', keep_firing_for: 1m}",
                more: "time: arrival\ngroup_by: [service]")
            var events = engine.handle(log("a", 300, "well"), now: second(now))
            events += engine.handle(log("a", 0, "panic"), now: second(now)) + engine.advance(to: second(600))
            #expect(told(events) == ["firing a @300", "resolved a @360"])
        }
    }
}
