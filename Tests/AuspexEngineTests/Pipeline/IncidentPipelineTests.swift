import AuspexRules
import AuspexSignals
import AuspexStore
import AuspexTesting
import Synchronization
import Testing

@testable import AuspexEngine

/// Keeps what a pipeline hands on, as a store would.
private final class Keeper: RuleEventSink {
    private struct State {
        var incidents: [String: Incident] = [:]
        var alerts: [String: Alert] = [:]
        var requests: [RunRequest] = []
    }

    private let state = Mutex(State())

    var incidents: [Incident] { state.withLock { $0.incidents.values.sorted { $0.id < $1.id } } }
    var alerts: [Alert] { state.withLock { $0.alerts.values.sorted { $0.id < $1.id } } }
    var requests: [RunRequest] { state.withLock { $0.requests } }

    func take(_ updates: [IncidentUpdate]) async throws {
        state.withLock { state in
            for update in updates {
                switch update {
                case .changed(let incident): state.incidents[incident.id] = incident
                case .absorbed(let id, _): state.incidents[id] = nil
                }
            }
        }
    }

    func take(_ events: [RuleEvent]) async throws {
        state.withLock { state in
            for event in events {
                switch event {
                case .alert(let alert): state.alerts[alert.id] = alert
                case .request(let request): state.requests.append(request)
                }
            }
        }
    }
}

@Suite("Incidents in the pipeline") struct IncidentPipelineTests {
    private static let rules = """
        kind: rule
        id: high-load
        title: Load is high
        status: stable
        severity: warning
        when: {c: {source: metric, where: 'm.value > 1.0'}}
        group_by: [service]
        then: [{runbook: look, mode: auto}]
        ---
        kind: services
        services:
          - {name: shop, depends_on: [db]}
          - {name: db}
        """

    private func pipeline(_ sink: Keeper) throws -> Pipeline {
        Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 1_000), logs: LogStage(),
            rules: try RuleLoader.load(text: Self.rules, file: "rules.yaml", runbooks: ["look"]), sink: sink,
            metrics: EngineMetrics())
    }

    private func load(_ values: [String: Double], at seconds: Int64) -> BusMessage {
        .signals(
            SignalBatch(
                series: values.sorted { $0.key < $1.key }.map { service, value in
                    SeriesSamples(
                        labels: Labels(["__name__": "load", "service": service]),
                        samples: [Sample(time: noon + .seconds(seconds), value: value)])
                }))
    }

    private func act(_ kind: IncidentAct.Kind, on incident: String, at seconds: Int64) -> BusMessage {
        .act(
            IncidentAct(
                id: "act-\(seconds)", incident: incident, actor: "ann", at: noon + .seconds(seconds), kind: kind))
    }

    /// Works messages in, one a second.
    private func run(_ pipeline: Pipeline, _ messages: [(Int64, BusMessage)]) async throws {
        for (second, message) in messages {
            let now = noon + .seconds(second)
            try await pipeline.process(message, at: await pipeline.position + 1, now: now)
            try await pipeline.tick(now: now)
        }
    }

    @Test("alerts of services that depend on one another are one incident, with the deploy that came before")
    func together() async throws {
        let sink = Keeper()
        let pipeline = try pipeline(sink)
        let deploy = Change(id: "d1", service: "db", version: "v2", startedAt: noon, outcome: .success)
        try await run(
            pipeline,
            [
                (0, .change(deploy)), (1, load(["shop": 0, "db": 0, "blog": 0], at: 1)),
                (60, load(["shop": 0, "db": 2, "blog": 0], at: 60)),
                (90, load(["shop": 2, "db": 2, "blog": 0], at: 90)),
                (91, load(["shop": 2, "db": 2, "blog": 2], at: 91)),
            ])
        #expect(sink.incidents.count == 2)
        let incident = try #require(sink.incidents.first { $0.services.contains("db") })
        #expect(incident.services == ["db", "shop"])
        #expect(incident.suspects.map(\.change.id) == ["d1"])
        #expect(incident.alerts.map(\.reason).last?.contains("shop depends on db") == true)
        #expect(
            await pipeline.obstacle(
                to: IncidentAct(
                    id: "x", incident: "inc-0", actor: "ann", at: noon, kind: .acknowledge))
                == .unknownIncident("inc-0"))
    }

    @Test("what people do counts once, also when an engine dies and does it again")
    func restart() async throws {
        let sink = Keeper()
        let messages: [(Int64, BusMessage)] = [
            (1, load(["shop": 2], at: 1)), (2, load(["shop": 2], at: 2)),
        ]
        let first = try pipeline(sink)
        try await run(first, messages)
        let id = try #require(sink.incidents.first?.id)
        let cut = try await first.checkpoint(now: noon + .seconds(2))
        let later: [(Int64, BusMessage)] = [
            (3, act(.acknowledge, on: id, at: 3)), (4, act(.comment("looking"), on: id, at: 4)),
            (5, load(["shop": 2], at: 5)),
        ]
        try await run(first, later)
        let before = sink.incidents
        #expect(before.first?.acknowledgedBy == "ann")

        let second = try pipeline(sink)
        #expect(try await second.restore(cut, now: noon + .seconds(6)).isEmpty)
        try await run(second, later)
        #expect(sink.incidents == before)
        #expect(before.first?.history.count { $0.kind == .commented } == 1)
        let known = await second.incident(id)
        #expect(known == before.first)
    }

    @Test("a silenced alert makes no incident, and one that fires when the silence ends does")
    func silenced() async throws {
        let sink = Keeper()
        let pipeline = try pipeline(sink)
        let silence = try Silence(
            id: "s", matchers: try LabelMatchers(parsing: "service=shop"), startsAt: Timestamp(milliseconds: 0),
            endsAt: noon + .seconds(60), createdBy: "ann", comment: "known")
        try await run(
            pipeline,
            [
                (1, load(["shop": 0], at: 1)), (2, .silence(.add(silence))), (3, load(["shop": 2], at: 3)),
                (30, load(["shop": 2], at: 30)),
            ])
        #expect(sink.alerts.map(\.heldBack) == ["silenced by s"])
        #expect(sink.incidents.isEmpty)
        #expect(sink.requests.count == 1)
        #expect(await pipeline.silences.map(\.startsAt) == [noon + .seconds(2)])
        try await run(pipeline, [(75, load(["shop": 2], at: 75))])
        #expect(sink.alerts.map(\.heldBack) == [nil])
        #expect(sink.incidents.count == 1)
    }

    @Test("an alert that is silenced when it is in an incident already still ends there")
    func silencedLater() async throws {
        let sink = Keeper()
        let pipeline = try pipeline(sink)
        let silence = try Silence(
            id: "s", matchers: try LabelMatchers(parsing: "service=shop"), startsAt: Timestamp(milliseconds: 0),
            endsAt: noon + .minutes(60), createdBy: "ann", comment: "known")
        try await run(
            pipeline,
            [
                (1, load(["shop": 2], at: 1)), (2, .silence(.add(silence))), (20, load(["shop": 2], at: 20)),
                (40, load(["shop": 0], at: 40)), (60, load(["shop": 0], at: 60)),
            ])
        #expect(sink.alerts.map(\.state) == [.resolved])
        #expect(sink.incidents.map(\.firingCount) == [0])
    }

    @Test("in a storm of alerts nothing starts by itself")
    func storm() async throws {
        let sink = Keeper()
        let pipeline = try pipeline(sink)
        try await run(pipeline, [(1, load(["s0": 2], at: 1))])
        #expect(sink.requests.map(\.mode) == [.auto])
        let many = Dictionary(uniqueKeysWithValues: (1...200).map { ("s\($0)", 2.0) })
        try await run(pipeline, [(2, load(many, at: 2))])
        #expect(sink.requests.count == 201)
        #expect(sink.requests.dropFirst().allSatisfy { $0.mode == .propose })
        #expect(sink.incidents.contains { $0.isStorm })
    }

    @Test("dependencies that are told connect alerts, until they are taken back, and outlast a restart")
    func links() async throws {
        let sink = Keeper()
        let first = try pipeline(sink)
        func report(_ isWithdrawn: Bool) -> BusMessage {
            .links(LinkReport(links: [ServiceLink("blog", dependsOn: "shop")], isWithdrawn: isWithdrawn, at: noon))
        }
        try await run(first, [(1, load(["blog": 0], at: 1)), (2, report(false))])
        let cut = try await first.checkpoint(now: noon + .seconds(2))
        let second = try pipeline(sink)
        #expect(try await second.restore(cut, now: noon + .seconds(3)).isEmpty)
        #expect(
            await second.services.edges.map(\.link) == [
                ServiceLink("blog", dependsOn: "shop"), ServiceLink("shop", dependsOn: "db"),
            ])
        try await run(second, [(4, load(["blog": 2, "shop": 2], at: 4))])
        #expect(sink.incidents.map(\.services) == [["blog", "shop"]])
        try await run(second, [(5, report(true))])
        #expect(await second.services.edges.map(\.link) == [ServiceLink("shop", dependsOn: "db")])
    }

    @Test("services and dependencies are learned from the labels of series")
    func learning() async throws {
        let pipeline = try pipeline(Keeper())
        let labels = Labels(["__name__": "requests", "source_service": "web", "destination_service": "search"])
        let batch = SignalBatch(series: [SeriesSamples(labels: labels, samples: [Sample(time: noon, value: 1)])])
        try await run(pipeline, [(0, .signals(batch))])
        #expect(await pipeline.services.edges.map(\.link).contains(ServiceLink("web", dependsOn: "search")))
    }

    @Test("incidents go on under other settings")
    func settings() async throws {
        let sink = Keeper()
        let first = try pipeline(sink)
        try await run(first, [(1, load(["shop": 2], at: 1))])
        let cut = try await first.checkpoint(now: noon + .seconds(2))
        let second = Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 1_000), logs: LogStage(),
            rules: try RuleLoader.load(text: Self.rules, file: "rules.yaml", runbooks: ["look"]),
            incidents: IncidentSettings(depth: 0), sink: sink, metrics: EngineMetrics())
        #expect(try await second.restore(cut, now: noon + .seconds(3)).isEmpty)
        // Under the old settings the database's alert would join.
        try await run(second, [(4, load(["shop": 2, "db": 2], at: 4))])
        #expect(Set(sink.incidents.map(\.services)) == [["shop"], ["db"]])
    }

    // MARK: Other systems

    private static let otherRules = """
        kind: rule
        id: elsewhere
        title: Another system raises an alert
        status: stable
        severity: warning
        when: {c: {source: alert, where: 'alert.name == "Down"'}}
        group_by: [service]
        ---
        kind: rule
        id: sick
        title: A part is unhealthy
        status: stable
        severity: warning
        when: {c: {source: health, where: 'health.status == "unhealthy"'}}
        group_by: [service]
        ---
        kind: rule
        id: large
        title: An incident of two services
        status: stable
        severity: critical
        when: {c: {source: incident, where: 'size(incident.services) > 1'}}
        ---
        kind: services
        services:
          - {name: shop, depends_on: [db]}
          - {name: db}
        """

    private func otherPipeline(_ sink: Keeper) throws -> Pipeline {
        Pipeline(
            detection: try DetectionStage(detector: "ewma", partitions: 1, seriesLimit: 10), logs: LogStage(),
            rules: try RuleLoader.load(text: Self.otherRules, file: "rules.yaml"), sink: sink, metrics: EngineMetrics())
    }

    private func down(_ service: String, at seconds: Int64, until end: Int64) -> BusMessage {
        let alert = ReceivedAlert(
            labels: Labels(["alertname": "Down", "service": service]), startsAt: noon, endsAt: noon + .seconds(end))
        return .alerts(AlertReport(alerts: [alert], at: noon + .seconds(seconds)))
    }

    private func health(_ service: String, _ status: HealthFact.Status, at seconds: Int64) -> BusMessage {
        .health([
            HealthFact(labels: Labels(["service": service]), check: "", status: status, time: noon + .seconds(seconds))
        ])
    }

    @Test("alerts of other systems and health checks lead to alerts, incidents to alerts that are in none themselves")
    func others() async throws {
        let sink = Keeper()
        let pipeline = try otherPipeline(sink)
        try await run(
            pipeline,
            [(1, down("shop", at: 1, until: 300)), (2, health("db", .unhealthy, at: 2)), (3, load([:], at: 3))])
        #expect(Set(sink.alerts.map(\.rule)) == ["elsewhere", "sick", "large"])
        #expect(sink.incidents.count == 1)
        #expect(sink.incidents.first?.alerts.map(\.rule) == ["elsewhere", "sick"])
        try await run(pipeline, [(60, health("db", .healthy, at: 60)), (80, load([:], at: 80))])
        #expect(sink.alerts.first { $0.rule == "sick" }?.state == .resolved)
    }

    @Test("an alert that is not sent again is over, but not while messages wait, and not because of a restart")
    func unheard() async throws {
        let sink = Keeper()
        let first = try otherPipeline(sink)
        try await run(first, [(1, down("shop", at: 1, until: 300))])
        try await first.tick(now: noon + .seconds(400), isCaughtUp: false)
        #expect(sink.alerts.map(\.state) == [.firing])
        let cut = try await first.checkpoint(now: noon + .seconds(400))

        let second = try otherPipeline(sink)
        #expect(try await second.restore(cut, now: noon + .hours(1)).isEmpty)
        try await second.tick(now: noon + .hours(1) + .minutes(4))
        #expect(sink.alerts.map(\.state) == [.firing])
        try await second.tick(now: noon + .hours(1) + .minutes(6))
        try await second.tick(now: noon + .hours(1) + .minutes(7))
        #expect(sink.alerts.map(\.state) == [.resolved])
    }

    @Test("alerts that were told again before a restart have the grace after it, too")
    func toldAgain() async throws {
        let sink = Keeper()
        let first = try otherPipeline(sink)
        try await run(first, [(1, down("shop", at: 1, until: 300))])
        let cut = try await first.checkpoint(now: noon + .seconds(2))
        let second = try otherPipeline(sink)
        #expect(try await second.restore(cut, now: noon + .hours(1)).isEmpty)
        // What came in before the engine stopped is worked in again.
        try await second.process(down("shop", at: 60, until: 360), at: 2, now: noon + .hours(1))
        try await second.process(down("db", at: 61, until: 361), at: 3, now: noon + .hours(1))
        try await second.tick(now: noon + .hours(1) + .minutes(4))
        #expect(sink.alerts.map(\.state).filter { $0 == .resolved }.isEmpty)
        try await second.process(down("shop", at: 3_841, until: 5_000), at: 4, now: noon + .seconds(3_841))
        try await second.tick(now: noon + .hours(1) + .minutes(7))
        try await second.tick(now: noon + .hours(1) + .minutes(8))
        #expect(
            Set(sink.alerts.filter { $0.rule == "elsewhere" }.map { "\($0.group["service"] ?? "") \($0.state)" }) == [
                "shop firing", "db resolved",
            ])
    }

    @Test("a rule about incidents that is taken away ends its alert and makes no incident of it")
    func removed() async throws {
        let sink = Keeper()
        let pipeline = try otherPipeline(sink)
        try await run(
            pipeline,
            [(1, down("shop", at: 1, until: 300)), (2, health("db", .unhealthy, at: 2)), (3, load([:], at: 3))])
        #expect(sink.alerts.filter { $0.rule == "large" }.map(\.state) == [.firing])
        let rules = try RuleLoader.load(text: Self.otherRules.replacing("id: large", with: "id: huge"), file: "r")
        try await pipeline.replaceRules(rules, now: noon + .seconds(4))
        try await pipeline.tick(now: noon + .seconds(5))
        #expect(sink.alerts.filter { $0.rule == "large" }.map(\.state) == [.resolved])
        #expect(sink.incidents.count == 1)
        #expect(sink.incidents.first?.alerts.count == 2)
    }

    @Test("alerts that fire are put together anew when the incidents are lost")
    func lost() async throws {
        let sink = Keeper()
        let first = try pipeline(sink)
        try await run(first, [(1, load(["shop": 2], at: 1))])
        var cut = try await first.checkpoint(now: noon + .seconds(2))
        let before = sink.incidents
        cut.states["incidents"] = nil
        let other = Keeper()
        let second = try pipeline(other)
        #expect(try await second.restore(cut, now: noon + .seconds(3)).isEmpty)
        try await second.tick(now: noon + .seconds(4))
        #expect(other.incidents.map(\.id) == before.map(\.id))
    }

    @Test("what a person does counts, also when an event has set the rules' time back")
    func setBack() async throws {
        let sink = Keeper()
        let pipeline = try pipeline(sink)
        try await run(pipeline, [(1, load(["shop": 2], at: 1))])
        let id = try #require(sink.incidents.first?.id)
        // Half a minute nothing comes, and then what was sent long before.
        try await pipeline.tick(now: noon + .seconds(40))
        let late = noon + .seconds(41)
        try await pipeline.process(load(["shop": 2], at: 5), at: 2, now: late)
        let moment = await pipeline.moment(now: late)
        #expect(moment < noon + .seconds(10))
        let act = IncidentAct(id: "a", incident: id, actor: "ann", at: moment, kind: .acknowledge)
        try await pipeline.process(.act(act), at: 3, now: late)
        #expect(sink.incidents.map(\.acknowledgedBy) == ["ann"])
        #expect(sink.incidents.first?.history.map(\.at).max() == noon + .seconds(40))
    }
}
