import AuspexRules
import AuspexRunbooks
import AuspexSignals
import Testing

@testable import AuspexEngine

@Suite struct ObservationsTests {
    private struct NoAlerts: AlertStore {
        func upsert(_ alerts: [Alert]) async throws {}
        func alerts(matching filter: AlertFilter) async throws -> [Alert] { [] }
    }

    private struct Alerts: AlertStore {
        var kept: [Alert]

        func upsert(_ alerts: [Alert]) async throws {}
        func alerts(matching filter: AlertFilter) async throws -> [Alert] { kept.filter(filter.matches) }
    }

    private func series(_ instance: String, _ samples: [(Int64, Double)]) -> SeriesSamples {
        SeriesSamples(
            labels: Labels(["__name__": "up", "instance": instance]),
            samples: samples.map { Sample(time: noon + .seconds($0.0), value: $0.1) })
    }

    @Test("new alerts are those of the service that fired, by whichever of its names")
    func firings() async throws {
        let names = "\n---\nkind: services\nservices: [{name: shop, aliases: [store]}]"
        let site = try await RunSite(rules: RunSite.rules + names)
        let verification = Verification(within: .minutes(5), calmService: "shop")
        let none = try #require(try await site.observations.observe(verification, since: noon).firings)
        #expect(none.evaluatedAt == nil, "nothing is heard of it yet")
        try await site.errors(1, of: "a", service: "shop")
        #expect(try await site.observations.observe(verification, since: noon).firings?.alerts == [])
        site.clock.move(by: .seconds(10))
        try await site.errors(9, of: "a", service: "shop")
        try await site.errors(9, of: "b", service: "blog")
        site.clock.move(by: .seconds(10))
        try await site.errors(9, of: "c", service: "store")
        let firings = try #require(try await site.observations.observe(verification, since: noon).firings)
        #expect(firings.alerts.map(\.rule) == ["errors", "errors"])
        #expect(Set(firings.alerts.map(\.at)) == [noon + .seconds(10), noon + .seconds(20)])
        #expect(firings.evaluatedAt == noon + .seconds(20))
    }

    @Test("that no new alert came is known only while the service itself is heard, whoever else is")
    func heard() async throws {
        let site = try await RunSite()
        let verification = Verification(within: .minutes(5), maxAge: .seconds(60), calmService: "shop")
        func finding() async throws -> Verification.Finding {
            let observation = try await site.observations.observe(verification, since: noon)
            return verification.finding(in: observation, parameters: [:], since: noon, now: site.clock.now())
        }
        let silent = "shop sends nothing, so that it is not known whether it has new alerts"
        try await site.errors(1, of: "b", service: "blog")
        #expect(try await finding() == .fails(reason: silent))
        try await site.errors(1, of: "a")
        #expect(try await finding() == .holds(upTo: noon))
        site.clock.move(by: .seconds(61))
        try await site.errors(1, of: "b", service: "blog")
        #expect(
            try await finding() == .fails(reason: "nothing new has been heard of shop since the verification began"))
        // A series that has ended is heard no more, however new its last reading is; its records are.
        try await site.errors(1, of: "a")
        #expect(try await finding() == .holds(upTo: noon + .seconds(61)))
        site.clock.move(by: .seconds(1))
        try await site.errors(Double(bitPattern: Sample.staleBits), of: "a")
        try await site.errors(1, of: "b", service: "blog")
        #expect(try await finding() == .fails(reason: silent))
        for (service, holds) in [("blog", false), ("shop", true)] {
            let record = LogRecord(
                time: site.clock.now(), severity: "INFO", body: "x", attributes: Labels(["service": service]))
            try await site.take(.signals(SignalBatch(logs: [record])))
            #expect(try await finding() == (holds ? .holds(upTo: noon + .seconds(62)) : .fails(reason: silent)))
        }
    }

    @Test("an alert that has fired since then counts as new, however long ago it began and whether or not it is over")
    func firedSince() async throws {
        let site = try await RunSite()
        try await site.errors(9, of: "a", service: "shop")
        let alert = try #require(try await site.observations.alerts.alerts(matching: AlertFilter()).first)
        // In hours before noon.
        let times: [(state: Alert.State, began: Int64, fired: Int64?)] = [
            (.firing, 200, 99), (.resolved, 200, 98), (.resolved, 97, 97), (.firing, 1, 1), (.pending, 1, nil),
            (.firing, 200, 101), (.resolved, 200, 150),
        ]
        let kept = times.map { state, began, fired in
            var alert = alert
            alert.state = state
            alert.startedAt = noon - .hours(began)
            alert.firedAt = fired.map { noon - .hours($0) }
            return alert
        }
        let observations = Observations(
            detection: site.observations.detection, alerts: Alerts(kept: kept), library: site.observations.library,
            parts: site.observations.parts, clock: SetClock(noon))
        let verification = Verification(within: .minutes(5), calmService: "shop")
        let observation = try await observations.observe(verification, since: noon - .hours(100))
        let firings = try #require(observation.firings)
        #expect(firings.alerts.map(\.at).sorted() == [99, 98, 97, 1].map { noon - .hours($0) })
    }

    @Test("a series that has ended is seen by a verification, with its last reading")
    func ended() async throws {
        let stage = try DetectionStage(detector: "ewma", partitions: 2, seriesLimit: 10)
        _ = await stage.process(
            SignalBatch(series: [
                series("a", [(0, 1), (10, 1)]),
                series("b", [(0, 1), (5, Double(bitPattern: Sample.staleBits))]),
            ]), now: noon)
        let library = CurrentLibrary(try Library(rulePaths: [], runbookPaths: []))
        let observations = Observations(
            detection: stage, alerts: NoAlerts(), library: library, parts: EngineParts(), clock: SetClock(noon))
        let verification = Verification(
            readings: ["up": Verification.Selector(metric: "up")], condition: "up.all(r, r.value == 1.0)",
            within: .minutes(5))
        let observation = try await observations.observe(verification, since: noon)
        let seen = try #require(observation.readings["up"])
        #expect(seen.map { $0.labels["instance"] } == ["a", "b"])
        #expect(seen.map(\.hasEnded) == [false, true])
        #expect(seen.map(\.reading.time) == [noon + .seconds(10), noon])
        let finding = verification.finding(
            in: observation, parameters: [:], since: noon + .seconds(2), now: noon + .seconds(10))
        #expect(finding != .holds(upTo: noon + .seconds(10)))
    }
}
