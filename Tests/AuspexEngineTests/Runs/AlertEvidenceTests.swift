import AuspexRules
import AuspexRunbooks
import AuspexSignals
import Testing

@testable import AuspexEngine

@Suite("What shows that an alert is over")
struct AlertEvidenceTests {
    private static let probes = """
        kind: rule
        id: down
        title: Down
        severity: warning
        missing_data: resolve
        when: {c: {source: metric, where: 'm.name == "up" && m.labels.service == "shop" && m.value == 0.0'}}
        group_by: [instance]
        labels: {team: web}
        """

    private func site(_ rules: String) async throws -> RunSite {
        try await RunSite(rules: rules, runbook: RunSite.runbook.replacing("rule: errors", with: "rule: down"))
    }

    private func look(
        _ site: RunSite, _ rule: String = "down", _ labels: [String: String] = [:]
    ) async throws -> Observation.AlertReading {
        let verification = Verification(clearAlerts: [.init(rule: rule, labels: labels)], within: .minutes(5))
        return try #require(try await site.observations.observe(verification, since: noon).alerts.first)
    }

    private func up(_ site: RunSite, _ value: Double, of instance: String, service: String = "shop") async throws {
        try await site.sample("up", value, of: instance, service: service)
    }

    private static let gone = Double(bitPattern: Sample.staleBits)
    private static let nothing = "nothing that the rule looks at, and no alert that it ever had, has these labels"

    @Test("what counts is what the rule looks at and the labels choose, not what else is read")
    func ownReadings() async throws {
        let site = try await site(Self.probes)
        try await up(site, 1, of: "a")
        site.clock.move(by: .seconds(10))
        try await up(site, 1, of: "b")
        site.clock.move(by: .seconds(10))
        try await up(site, 1, of: "c", service: "blog")
        try await site.sample("load", 1, of: "a")
        #expect(try await look(site, "down", ["instance": "a"]) == .init(state: .clear, evaluatedAt: noon))
        #expect(try await look(site).evaluatedAt == noon + .seconds(10))
        // What the rule itself gives its alerts, no series has.
        #expect(
            try await look(site, "down", ["instance": "a", "team": "web"]) == .init(state: .clear, evaluatedAt: noon))
        let unknown: [[String: String]] = [["instance": "x"], ["instance": "c"]]
        for labels in unknown {
            #expect(
                try await look(site, "down", labels) == .init(state: .unknown, evaluatedAt: nil, reason: Self.nothing))
        }
    }

    @Test(
        "labels that no alert of the rule can have are told",
        arguments: [
            ("team", "db", "all its alerts have team=\"web\""),
            ("service", "shop", "no alert of it has the label 'service': it groups by 'instance'"),
        ])
    func impossible(name: String, value: String, reason: String) async throws {
        let site = try await site(Self.probes)
        try await up(site, 0, of: "a")
        #expect(try await look(site, "down", [name: value]) == .init(state: .unknown, evaluatedAt: nil, reason: reason))
        #expect(try await look(site, "dawn").reason == "there is no such rule")
    }

    @Test("a mistyped label does not verify a run")
    func mistyped() async throws {
        let site = try await site(Self.probes)
        let verification = Verification(
            clearAlerts: [.init(rule: "down", labels: ["instance": "x"])], within: .minutes(5))
        for _ in 0..<3 {
            try await up(site, 1, of: "a")
            let finding = verification.finding(
                in: try await site.observations.observe(verification, since: noon), parameters: [:], since: noon,
                now: site.clock.now())
            #expect(
                finding == .fails(reason: "the state of alert down{instance=\"x\"} is not known: \(Self.nothing)"))
            site.clock.move(by: .seconds(10))
        }
    }

    @Test("an alert that ends because its series is gone is not clear before the series is back")
    func silence() async throws {
        let site = try await site(Self.probes)
        try await up(site, 0, of: "a")
        #expect(try await look(site, "down", ["instance": "a"]).state == .firing)
        site.clock.move(by: .seconds(10))
        try await up(site, Self.gone, of: "a")
        site.clock.move(by: .seconds(30))
        try await up(site, 1, of: "b")
        let silent = "what the rule looks at sends nothing any more, which is no recovery"
        #expect(
            try await look(site, "down", ["instance": "a"])
                == .init(state: .unknown, evaluatedAt: nil, reason: silent))
        try await up(site, 1, of: "a")
        #expect(
            try await look(site, "down", ["instance": "a"])
                == .init(state: .clear, evaluatedAt: noon + .seconds(40)))
    }

    @Test("a selector without labels does not forget which alerts ended for want of data")
    func allOfARule() async throws {
        let site = try await site(Self.probes)
        for instance in ["a", "b", "c"] { try await up(site, 0, of: instance) }
        site.clock.move(by: .seconds(10))
        try await up(site, Self.gone, of: "a")
        try await up(site, 1, of: "b")
        try await up(site, Self.gone, of: "c")
        site.clock.move(by: .seconds(30))
        try await up(site, 1, of: "b")
        // One that has been heard of since is over as any other.
        try await up(site, 1, of: "c")
        let reading = try await look(site)
        let end = Observation.AlertReading.Unheard(labels: Labels(["instance": "a"]), at: noon + .seconds(10))
        #expect(reading == .init(state: .clear, evaluatedAt: noon + .seconds(40), unheard: [end]))
        let verification = Verification(clearAlerts: [.init(rule: "down")], within: .minutes(5))
        func finding(changedAt change: Timestamp) -> Verification.Finding {
            verification.finding(
                in: Observation(alerts: [reading]), parameters: [:], since: noon + .seconds(30), changedAt: change,
                now: site.clock.now())
        }
        let reason = "alert down{instance=\"a\"} is over only because nothing is heard of it any more"
        #expect(finding(changedAt: noon + .seconds(10)) == .fails(reason: reason))
        #expect(finding(changedAt: noon + .seconds(11)) == .holds(upTo: noon + .seconds(40)))
        // It ended once more, and this time by its condition.
        try await up(site, 0, of: "a")
        site.clock.move(by: .seconds(30))
        try await up(site, 1, of: "a")
        site.clock.move(by: .seconds(30))
        try await up(site, 1, of: "b")
        #expect(try await look(site).unheard == [])
    }

    @Test("an alert that is over by its condition is clear only as far as its own group is seen")
    func neighbours() async throws {
        let site = try await site(Self.probes)
        for instance in ["a", "b"] { try await up(site, 0, of: instance) }
        site.clock.move(by: .seconds(10))
        for instance in ["a", "b"] { try await up(site, 1, of: instance) }
        site.clock.move(by: .seconds(50))
        try await up(site, 1, of: "b")
        #expect(try await look(site) == .init(state: .clear, evaluatedAt: noon + .seconds(10)))
        #expect(try await look(site, "down", ["instance": "b"]).evaluatedAt == noon + .seconds(60))
        try await up(site, Self.gone, of: "a")
        let silent = "down{instance=\"a\"} is over, and nothing is heard of it any more, which is no recovery"
        #expect(try await look(site) == .init(state: .unknown, evaluatedAt: nil, reason: silent))
        try await up(site, 1, of: "a")
        #expect(try await look(site) == .init(state: .clear, evaluatedAt: noon + .seconds(60)))
    }

    @Test("where no series has the labels, an alert must have had them and have ended by its condition")
    func joined() async throws {
        let site = try await site(
            """
            kind: rule
            id: down
            title: Down
            severity: warning
            missing_data: resolve
            when:
              join_on: {shop: {one: labels.service, two: labels.service}}
              any:
                - one: {source: metric, where: 'one.name == "up" && one.value == 0.0'}
                - two: {source: metric, where: 'two.name == "ready" && two.value == 0.0'}
            """)
        try await up(site, 1, of: "a", service: "north")
        #expect(try await look(site, "down", ["shop": "north"]).reason == Self.nothing)
        site.clock.move(by: .seconds(10))
        try await up(site, 0, of: "a", service: "north")
        site.clock.move(by: .seconds(10))
        #expect(try await look(site, "down", ["shop": "north"]).state == .firing)
        try await up(site, 1, of: "a", service: "north")
        site.clock.move(by: .seconds(30))
        try await site.sample("ready", 1, of: "a", service: "north")
        #expect(
            try await look(site, "down", ["shop": "north"])
                == .init(state: .clear, evaluatedAt: noon + .seconds(50)))
        site.clock.move(by: .seconds(10))
        try await up(site, 0, of: "a", service: "north")
        site.clock.move(by: .seconds(10))
        try await up(site, Self.gone, of: "a", service: "north")
        site.clock.move(by: .seconds(30))
        try await site.sample("ready", 1, of: "a", service: "north")
        let reason = "the last one ended for no reason of its own: nothing was heard of it any more"
        #expect(
            try await look(site, "down", ["shop": "north"]) == .init(state: .unknown, evaluatedAt: nil, reason: reason))
    }

    @Test("of a rule over logs the records of the place count")
    func logs() async throws {
        let site = try await site(
            """
            kind: rule
            id: down
            title: Errors
            severity: warning
            when: {c: {source: log, where: 'log.severity == "ERROR"', keep_firing_for: 1m}}
            group_by: [service, host]
            """)
        func record(_ severity: String, service: String, host: String) async throws {
            let record = LogRecord(
                time: site.clock.now(), severity: severity, body: "x",
                attributes: Labels(["service": service, "host": host]))
            try await site.take(.signals(SignalBatch(logs: [record])))
        }
        #expect(try await look(site, "down", ["service": "shop"]).state == .unknown)
        try await record("INFO", service: "shop", host: "a")
        site.clock.move(by: .seconds(10))
        try await record("INFO", service: "blog", host: "a")
        #expect(try await look(site, "down", ["service": "shop"]) == .init(state: .clear, evaluatedAt: noon))
        #expect(try await look(site).evaluatedAt == noon + .seconds(10))
        #expect(try await look(site, "down", ["service": "ship"]).reason == Self.nothing)
        // By which host a record came is known of alerts alone.
        #expect(try await look(site, "down", ["host": "a"]).reason == Self.nothing)
        try await record("ERROR", service: "shop", host: "a")
        #expect(try await look(site, "down", ["host": "a"]).state == .firing)
        site.clock.move(by: .minutes(2))
        try await record("INFO", service: "blog", host: "b")
        #expect(
            try await look(site, "down", ["host": "a"]) == .init(state: .clear, evaluatedAt: site.clock.now()))
    }

    @Test("an alert of another system is clear once that says so, and not because it says nothing")
    func otherSystems() async throws {
        let site = try await site(
            """
            kind: rule
            id: down
            title: Down
            severity: warning
            when: {c: {source: alert, where: 'alert.name == "Down"'}}
            group_by: [instance]
            """)
        func send(_ instance: String, endsAt: Timestamp) async throws {
            let labels = Labels(["alertname": "Down", "instance": instance])
            let alert = ReceivedAlert(labels: labels, startsAt: noon, endsAt: endsAt)
            try await site.take(.alerts(AlertReport(alerts: [alert], at: site.clock.now())))
        }
        try await up(site, 1, of: "a")
        #expect(try await look(site, "down", ["instance": "a"]).reason == Self.nothing)
        #expect(try await look(site).reason == Self.nothing)
        try await send("a", endsAt: noon + .minutes(5))
        try await send("b", endsAt: noon + .minutes(5))
        #expect(try await look(site, "down", ["instance": "a"]).state == .firing)
        site.clock.move(by: .minutes(1))
        try await send("a", endsAt: site.clock.now())
        site.clock.move(by: .minutes(10))
        try await site.take(.signals(SignalBatch()))
        #expect(
            try await look(site, "down", ["instance": "a"]) == .init(state: .clear, evaluatedAt: site.clock.now()))
        let reason = "the last one ended for no reason of its own: nothing was heard of it any more"
        #expect(
            try await look(site, "down", ["instance": "b"]) == .init(state: .unknown, evaluatedAt: nil, reason: reason))
    }

    @Test("of a rule over health checks their outcomes count")
    func health() async throws {
        let site = try await site(
            """
            kind: rule
            id: down
            title: Unhealthy
            severity: warning
            when: {c: {source: health, where: 'health.status == "unhealthy"'}}
            group_by: [instance]
            """)
        func report(_ instance: String, _ status: HealthFact.Status) async throws {
            let fact = HealthFact(
                labels: Labels(["instance": instance]), check: "http", status: status, time: site.clock.now())
            try await site.take(.health([fact]))
        }
        try await up(site, 1, of: "a")
        #expect(try await look(site).state == .unknown)
        try await report("a", .unhealthy)
        site.clock.move(by: .seconds(10))
        try await report("a", .healthy)
        site.clock.move(by: .seconds(30))
        try await up(site, 1, of: "a")
        #expect(
            try await look(site, "down", ["instance": "a"])
                == .init(state: .clear, evaluatedAt: noon + .seconds(10)))
        #expect(try await look(site).evaluatedAt == noon + .seconds(10))
        #expect(try await look(site, "down", ["instance": "x"]).reason == Self.nothing)
        // What else is checked, and a check without a result, show nothing of it.
        try await report("b", .healthy)
        try await report("a", .unknown)
        #expect(try await look(site).evaluatedAt == noon + .seconds(10))
        try await report("a", .healthy)
        #expect(try await look(site).evaluatedAt == noon + .seconds(40))
    }

    @Test("series are found by their service, and readings of groups as well")
    func sightings() async throws {
        let stage = try DetectionStage(
            detector: "ewma", partitions: 3, seriesLimit: 60, groups: GroupPolicy(labels: ["service"]))
        for minute in 0..<300 {
            let series = ["shop", "blog"].flatMap { service in
                (0..<3).map { number in
                    SeriesSamples(
                        labels: Labels(["__name__": "up", "service": service, "instance": "\(number)"]),
                        samples: [Sample(time: noon + .minutes(Int64(minute)), value: Double(minute % 3))])
                }
            }
            _ = await stage.process(SignalBatch(series: series), now: noon + .minutes(Int64(minute)))
        }
        let end = noon + .minutes(299)
        #expect(stage.sightings(named: ["up"], with: ["service": "shop"]).map(\.time) == [end, end, end])
        #expect(stage.sightings(named: ["up"], with: ["instance": "1"]).count == 2)
        #expect(stage.sightings(named: ["up"], with: ["service": "shop", "instance": "1"]).count == 1)
        #expect(stage.sightings(named: ["down"], with: [:]) == [])
        let groups = stage.sightings(named: [GroupPolicy.seriesName], with: ["service": "blog"])
        #expect(groups.map { $0.labels["service"] } == ["blog"])
        #expect(groups.map(\.isLive) == [true])
        #expect(stage.sightings(named: nil, with: [:]).count == 8)
    }
}
