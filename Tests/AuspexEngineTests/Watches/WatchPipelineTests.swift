import AuspexChanges
import AuspexRules
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexEngine

/// Keeps the alerts that a pipeline hands on.
private final class AlertKeeper: RuleEventSink {
    private let taken = Mutex<[Alert]>([])

    var alerts: [Alert] { taken.withLock { $0 } }

    func take(_ updates: [IncidentUpdate]) async throws {}

    func take(_ events: [RuleEvent]) async throws {
        taken.withLock { taken in
            for case .alert(let alert) in events { taken.append(alert) }
        }
    }
}

@Suite("Watching changes in the pipeline") struct WatchPipelineTests {
    private static let rules = """
        kind: rule
        id: worse
        title: A deploy made it worse
        status: stable
        severity: critical
        when: {c: {source: health, where: 'c.check == "deploy" && c.status == "unhealthy"'}}
        group_by: [service]
        """

    private func pipeline(_ sink: AlertKeeper = AlertKeeper(), _ settings: WatchSettings = WatchSettings()) throws
        -> Pipeline
    {
        Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 1_000), logs: LogStage(),
            rules: try RuleLoader.load(text: Self.rules, file: "rules.yaml", runbooks: []), watches: settings,
            sink: sink,
            metrics: EngineMetrics())
    }

    private func deploy(
        _ id: String = "d1", service: String = "shop", version: String = "v2", at minute: Int64 = 0
    ) -> BusMessage {
        let time = noon + .minutes(minute)
        return .change(
            Change(id: id, service: service, version: version, startedAt: time, endedAt: time, outcome: .success))
    }

    /// An hour before noon and what follows: two samples a minute of each service's latency, twice as high from noon on
    /// for those that `slow` names, and a deploy at noon.
    private func messages(
        minutes: Range<Int64> = -60..<35, services: [String] = ["shop"], slow: Set<String> = [], seed: UInt64 = 1,
        correlation: Double = 0.3, changes: [(minute: Int64, message: BusMessage)]? = nil
    ) -> [(time: Timestamp, message: BusMessage)] {
        var random = SplitMix64(seed: seed)
        var waves = [String: Double]()
        var messages: [(time: Timestamp, message: BusMessage)] = []
        for minute in minutes {
            for change in changes ?? [(0, deploy())] where change.minute == minute {
                messages.append((noon + .minutes(minute), change.message))
            }
            for service in services {
                let fresh = (1 - correlation * correlation).squareRoot() * random.gaussian()
                waves[service] = correlation * (waves[service] ?? random.gaussian()) + fresh
            }
            for second in [15, 45] as [Int64] {
                let time = noon + .minutes(minute) + .seconds(second)
                let series = services.map { service in
                    let factor = minute >= 0 && slow.contains(service) ? 2.0 : 1
                    return SeriesSamples(
                        labels: Labels(["__name__": "latency", "service": service]),
                        samples: [Sample(time: time, value: 100 * factor * exp(0.1 * (waves[service] ?? 0)))])
                }
                messages.append((time, .signals(SignalBatch(series: series))))
            }
        }
        return messages
    }

    private func run(_ pipeline: Pipeline, _ messages: [(time: Timestamp, message: BusMessage)]) async throws {
        for (time, message) in messages {
            try await pipeline.process(message, at: await pipeline.position + 1, now: time)
            try await pipeline.tick(now: time)
        }
    }

    @Test("a deploy that doubles latency fails early, and rules and the gate hear of it")
    func doubled() async throws {
        let sink = AlertKeeper()
        let pipeline = try pipeline(sink)
        try await run(pipeline, messages(slow: ["shop"]))
        let judgement = try #require(await pipeline.judgement(ofChange: "d1"))
        #expect(judgement.verdict == .fail && judgement.state == .done)
        #expect(judgement.to < noon + .minutes(25))
        #expect(judgement.report?.reasons.first?.contains("latency") == true)
        let alert = try #require(sink.alerts.first { $0.state == .firing })
        #expect(alert.labels["service"] == "shop")
        #expect(await pipeline.metrics.value(of: .watchesFailed) == 1)
    }

    @Test("a deploy that changes nothing passes, or is left open, whatever latency does by itself")
    func same() async throws {
        var failed = 0
        for seed in 0..<8 {
            let pipeline = try pipeline()
            try await run(pipeline, messages(seed: UInt64(seed), correlation: 0.8))
            let judgement = try #require(await pipeline.judgement(ofChange: "d1"))
            #expect(judgement.state == .done)
            if judgement.verdict == .fail { failed += 1 }
        }
        #expect(failed <= 1)
    }

    @Test("while it goes on there is no verdict, and the gate says that this is not its last word")
    func running() async throws {
        let pipeline = try pipeline()
        try await run(pipeline, messages(minutes: -60..<3))
        let judgement = try #require(await pipeline.judgement(ofChange: "d1"))
        #expect(judgement.state == .running && judgement.verdict == .inconclusive)
        let verdict = Gate.decide(
            Gate.Request(id: "g", service: "shop", phase: .after), GateFacts(judgement: judgement),
            policy: GatePolicy(), now: noon)
        #expect(verdict.verdict == .inconclusive && !verdict.final && verdict.phase == .after)
    }

    @Test("a service that falls silent, or was never heard of, is inconclusive, though only the clock goes on")
    func silent() async throws {
        let pipeline = try pipeline()
        try await run(
            pipeline, messages(minutes: -60..<1, changes: [(0, deploy()), (0, deploy("d2", service: "blog"))]))
        for minute in 1...40 { try await pipeline.tick(now: noon + .minutes(Int64(minute))) }
        for id in ["d1", "d2"] {
            let judgement = try #require(await pipeline.judgement(ofChange: id))
            #expect(judgement.state == .done && judgement.verdict == .inconclusive)
            #expect(judgement.report?.reasons.isEmpty == false)
        }
        #expect(await pipeline.judgement(ofChange: "d2")?.report?.reasons.first?.contains("no data") == true)
    }

    @Test("a service that was not changed and rises as well clears it; one that depends on the changed one does not")
    func controls() async throws {
        func verdict(_ links: [ServiceLink]) async throws -> Verdict.Outcome? {
            let pipeline = try pipeline()
            if !links.isEmpty {
                let report = LinkReport(links: links, isWithdrawn: false, at: noon - .minutes(61))
                try await pipeline.process(.links(report), at: 1, now: report.at)
            }
            try await run(pipeline, messages(services: ["shop", "blog"], slow: ["shop", "blog"]))
            return await pipeline.judgement(ofChange: "d1")?.verdict
        }
        #expect(try await verdict([]) != .fail)
        #expect(try await verdict([ServiceLink("blog", dependsOn: "shop")]) == .fail)
    }

    @Test("another change of the same service supersedes; one of another service, or elsewhere, does not")
    func superseded() async throws {
        let pipeline = try pipeline()
        let changes: [(minute: Int64, message: BusMessage)] = [
            (0, deploy()), (2, deploy("other", service: "blog", at: 2)), (4, deploy("d2", version: "v3", at: 4)),
        ]
        try await run(pipeline, messages(minutes: -60..<10, services: ["shop", "blog"], changes: changes))
        #expect(await pipeline.judgement(ofChange: "d1")?.state == .superseded)
        for id in ["other", "d2"] {
            let judgement = try #require(await pipeline.judgement(ofChange: id))
            #expect(judgement.state != .superseded)
        }
    }

    @Test("killed anywhere and fed the same messages again, it comes to the same verdict at the same minute")
    func crash() async throws {
        let all = messages(services: ["shop", "blog"], slow: ["shop"], seed: 5)
        let whole = try pipeline()
        try await run(whole, all)
        let expected = try #require(await whole.judgement(ofChange: "d1"))
        #expect(expected.verdict == .fail)
        var saved = CheckpointStore.Checkpoint(sequence: 0, states: [:], series: [:])
        for (checkpoint, death) in [(60, 90), (121, 122), (125, 131), (134, all.count)] {
            let pipeline = try pipeline()
            #expect(try await pipeline.restore(saved, now: noon).isEmpty)
            for index in Int(await pipeline.position)..<death {
                let now = all[index].time + .hours(1)
                try await pipeline.process(all[index].message, at: Int64(index + 1), now: now)
                try await pipeline.tick(now: now)
                if index + 1 == checkpoint {
                    let cut = try await pipeline.checkpoint(now: now)
                    saved.sequence = cut.sequence
                    saved.states.merge(cut.states) { _, new in new }
                    saved.series.merge(cut.series) { _, new in new }
                }
            }
            if death == all.count { #expect(await pipeline.judgement(ofChange: "d1") == expected) }
        }
    }

    @Test("more watches than there may be are refused and counted, and so it is when none are wanted")
    func bounds() async throws {
        var settings = WatchSettings()
        settings.mostWatches = 1
        let changes: [(minute: Int64, message: BusMessage)] = [(0, deploy()), (0, deploy("d2", service: "blog"))]
        let pipeline = try pipeline(AlertKeeper(), settings)
        try await run(pipeline, messages(minutes: -2..<2, changes: changes))
        #expect(await pipeline.judgement(ofChange: "d2") == nil)
        #expect(await pipeline.metrics.value(of: .watchesRefused) == 1)

        settings.isEnabled = false
        let idle = try self.pipeline(AlertKeeper(), settings)
        try await run(idle, messages(minutes: -2..<2))
        #expect(await idle.judgement(ofChange: "d1") == nil)
    }

    private func change(_ id: String, _ outcome: Change.Outcome, at minute: Int64) -> BusMessage {
        var change = Change(id: id, service: "shop", version: "v2", startedAt: noon, outcome: outcome)
        if outcome != .pending { change.endedAt = noon + .minutes(minute) }
        return .change(change)
    }

    @Test("what was said before a change was over is forgotten when it is, also when the watch had ended by then")
    func pending() async throws {
        for end in [10, 35] as [Int64] {
            let pipeline = try pipeline()
            let changes: [(minute: Int64, message: BusMessage)] = [
                (0, change("d1", .pending, at: 0)), (end, change("d1", .success, at: end)),
            ]
            let all = messages(minutes: -60..<75, changes: changes)
            let before = all.filter { $0.time < noon + .minutes(end) }
            try await run(pipeline, before)
            let early = try #require(await pipeline.judgement(ofChange: "d1"))
            #expect(early.state == (end < 30 ? .running : .provisional) && !early.isFinal)
            try await run(pipeline, Array(all[before.count...].prefix(1)))
            let begun = try #require(await pipeline.judgement(ofChange: "d1"))
            #expect(begun.state == .running && begun.from == noon + .minutes(end))
            try await run(pipeline, Array(all[(before.count + 1)...]))
            let last = try #require(await pipeline.judgement(ofChange: "d1"))
            #expect(last.state == .done && last.from == noon + .minutes(end))
            #expect(last.verdict == .pass || last.verdict == .inconclusive)
        }
    }

    @Test("a change that was undone after its watch had ended is over, without a verdict")
    func undone() async throws {
        let pipeline = try pipeline()
        let changes: [(minute: Int64, message: BusMessage)] = [
            (0, change("d1", .pending, at: 0)), (34, change("d1", .rolledBack, at: 34)),
        ]
        try await run(pipeline, messages(changes: changes))
        let judgement = try #require(await pipeline.judgement(ofChange: "d1"))
        #expect(judgement.isFinal && judgement.verdict == .inconclusive)
        #expect(judgement.report?.reasons.first?.contains("undone") == true)
    }

    @Test("a change that was carried out again and can't be watched has no judgement any more")
    func refusedAgain() async throws {
        var settings = WatchSettings()
        settings.mostWatches = 1
        let pipeline = try pipeline(AlertKeeper(), settings)
        try await run(pipeline, messages(minutes: -60..<32, slow: []))
        #expect(await pipeline.judgement(ofChange: "d1")?.state == .done)
        let verdict = await pipeline.judgement(ofChange: "d1")?.verdict
        guard verdict != .fail else { return }
        #expect(try await pipeline.checkpoint(now: noon).states["watches/d1"]?.isEmpty == false)
        let changes: [(minute: Int64, message: BusMessage)] = [
            (32, deploy("other", service: "blog", at: 32)), (33, deploy(at: 33)),
        ]
        try await run(pipeline, messages(minutes: 32..<34, changes: changes))
        #expect(await pipeline.judgement(ofChange: "d1") == nil)
        #expect(try await pipeline.checkpoint(now: noon).states["watches/d1"] == [])
    }

    @Test("series and error lines under another name of the service are its own, those of another environment are not")
    func names() async throws {
        let services = "kind: services\nservices:\n  - {name: shop, aliases: [shop-api]}\n---\n"
        let pipeline = Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 1_000), logs: LogStage(),
            rules: try RuleLoader.load(text: services + Self.rules, file: "rules.yaml", runbooks: []),
            sink: AlertKeeper(), metrics: EngineMetrics())
        let here = Change(
            id: "d1", service: "shop-api", environment: "production", startedAt: noon, endedAt: noon, outcome: .success)
        try await run(pipeline, messages(slow: ["shop"], changes: [(0, .change(here))]))
        #expect(await pipeline.judgement(ofChange: "d1")?.verdict == .fail)
    }

    @Test("error lines count by any word for an error and any label for a service, where they belong")
    func errorLines() {
        func counts(_ severity: String, _ labels: [String: String]) -> Bool {
            var stage = WatchStage(WatchSettings(), goesBySeason: false)
            let graph = ServiceGraph()
            let change = Change(
                id: "d1", service: "shop", environment: "production", startedAt: noon, endedAt: noon, outcome: .success)
            #expect(stage.take(change, now: noon, graph).isEmpty)
            let record = LogRecord(
                time: noon + .seconds(5), severity: severity, body: "no route to a", attributes: Labels(labels))
            let before = stage.changes["d1"]?.watch
            stage.take(LogFact(record: record, template: "no route to <*>", templateID: "1", isNew: true), graph)
            return stage.changes["d1"]?.watch != before
        }
        #expect(counts("ERROR", ["service": "shop"]))
        #expect(counts("crit", ["service": "shop", "environment": "production"]))
        #expect(counts("error", ["job": "shop"]))
        #expect(!counts("warning", ["service": "shop"]))
        #expect(!counts("ERROR", ["service": "blog"]))
        #expect(!counts("ERROR", ["service": "shop", "env": "staging"]))
    }

    @Test("of too many judgements those of the eldest watches are forgotten, in a checkpoint as well")
    func manyJudgements() throws {
        var stage = WatchStage(WatchSettings(), goesBySeason: false)
        let most = WatchStage.mostJudgements
        let graph = ServiceGraph()
        var states: [String: [UInt8]] = [:]
        for number in 0..<(most + 3) {
            let time = noon + .seconds(Int64(number))
            let change = Change(
                id: "d\(number)", service: "shop", environment: "production", startedAt: time, endedAt: time,
                outcome: .success)
            let ended = stage.take(change, now: time, graph)
            #expect(ended.map(\.change) == (number == 0 ? [] : ["d\(number - 1)"]))
            if number == 1 { states = try stage.takeChangedSnapshots().mapValues { try $0() } }
        }
        #expect(stage.running == 1)
        #expect((0..<(most + 3)).filter { stage.changes["d\($0)"] == nil } == [0, 1, 2])
        let later = try stage.takeChangedSnapshots().mapValues { try $0() }
        // The third came and went between two checkpoints.
        #expect(later.filter { $0.value.isEmpty }.keys.sorted() == ["watches/d0", "watches/d1"])
        states.merge(later) { $1 }
        #expect(stage.takeChangedSnapshots().isEmpty)
        var restored = WatchStage(WatchSettings(), goesBySeason: false)
        #expect(restored.restore(states).isEmpty)
        #expect(restored.running == 1)
        let last = Change(
            id: "next", service: "shop", environment: "production", startedAt: noon + .hours(1),
            endedAt: noon + .hours(1), outcome: .success)
        #expect(restored.take(last, now: noon + .hours(1), graph).map(\.change) == ["d\(most + 2)"])
        #expect(restored.changes["d3"] == nil && restored.changes["d4"] != nil)
    }

    @Test("a failed change, and one whose time is over already, are not watched")
    func notWatched() async throws {
        let pipeline = try pipeline()
        var failed = Change(id: "f", service: "shop", startedAt: noon, endedAt: noon, outcome: .failure)
        failed.version = "v2"
        let changes: [(minute: Int64, message: BusMessage)] = [(0, .change(failed)), (0, deploy("old", at: -55))]
        try await run(pipeline, messages(minutes: -2..<2, changes: changes))
        #expect(await pipeline.judgement(ofChange: "f") == nil)
        #expect(await pipeline.judgement(ofChange: "old") == nil)
    }
}
