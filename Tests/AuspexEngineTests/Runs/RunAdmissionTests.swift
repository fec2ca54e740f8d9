import AuspexActions
import AuspexChanges
import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import Testing

@testable import AuspexEngine

/// How far a rule's wish goes, with all that an engine knows.
@Suite("Admission of runs", .timeLimit(.minutes(2))) struct RunAdmissionTests {
    /// The one run that an alert leads to.
    private func only(_ site: RunSite) async throws -> RunRecord {
        let runs = try await site.runs()
        #expect(runs.count == 1)
        return try #require(runs.first)
    }

    @Test("1: what a rule asks for that is not stable stays in the shadow", arguments: ["test", "experimental"])
    func notStable(status: String) async throws {
        let rules = RunSite.rules.replacing("status: stable", with: "status: \(status)")
            .replacing("mode: auto", with: "mode: propose")
        let site = try await RunSite(rules: rules)
        try await site.errors(9, of: "a")
        #expect(try await only(site).mode == .shadow)
        #expect(try await site.audited("run.created").first?["held_back"]?["code"]?.string == "not_stable")
        await #expect(throws: PromotionError.notStable(rule: "errors", status: status)) {
            _ = try await site.desk.promote(rule: "errors", runbook: "restart", to: .auto, by: "ann", reason: "")
        }
    }

    @Test("1: a stable rule only proposes until it is promoted, and again when that is taken back")
    func promotion() async throws {
        let site = try await RunSite { $0.actions.promotion = .auto }
        try await site.atWork {
            try await site.errors(9, of: "a")
            #expect(try await site.runs().map(\.mode) == [.approve])
            #expect(try await site.audited("run.created").first?["held_back"]?["code"]?.string == "not_promoted")
            _ = try await site.desk.promote(
                rule: "errors", runbook: "restart", to: .auto, by: "ann", reason: "seen ten")
            site.clock.move(by: .seconds(1))
            try await site.errors(9, of: "b")
            #expect(try await site.runs().map(\.mode) == [.approve, .auto])
            try await site.desk.revoke(rule: "errors", runbook: "restart", by: "bob", reason: "too early")
            site.clock.move(by: .seconds(1))
            try await site.errors(9, of: "c")
            #expect(try await site.runs().map(\.mode) == [.approve, .auto, .approve])
            let promoted = try await site.audited("runbook.promoted")
            #expect(promoted.map { $0["by"]?.string } == ["ann"])
            #expect(promoted.first?["to"]?.string == "auto" && promoted.first?["reason"]?.string == "seen ten")
            #expect(try await site.audited("runbook.promotion.revoked").first?["by"]?.string == "bob")
            #expect(try await site.desk.promotions().isEmpty)
        }
    }

    @Test("1: where the configuration wants a promotion for all, without one nothing leaves the shadow")
    func promotionForAll() async throws {
        let site = try await RunSite { $0.actions.promotion = .always }
        try await site.errors(9, of: "a")
        #expect(try await only(site).mode == .shadow)
    }

    @Test("1: only what a rule asks for can be promoted")
    func wrongPromotions() async throws {
        let site = try await RunSite()
        func promote(_ rule: String, _ runbook: String, by person: String = "ann") async throws {
            _ = try await site.desk.promote(rule: rule, runbook: runbook, to: .auto, by: person, reason: "")
        }
        await #expect(throws: PromotionError.unknownRule("x")) { try await promote("x", "restart") }
        await #expect(throws: PromotionError.unknownRunbook("x")) { try await promote("errors", "x") }
        await #expect(throws: PromotionError.self) { try await promote("errors", "restart", by: "") }
        await #expect(throws: PromotionError.notPromoted(rule: "errors", runbook: "restart")) {
            try await site.desk.revoke(rule: "errors", runbook: "restart", by: "ann", reason: "")
        }
        await #expect(throws: PromotionError.notOpen(runbook: "restart")) {
            try await site.desk.resetBreaker(of: "restart", by: "ann", reason: "")
        }
    }

    @Test("a person's run does not begin without the secrets that it needs")
    func withoutSecrets() async throws {
        let other = RunSite.runbook.replacing("id: restart\nversion", with: "id: drain\nsecrets: [LB]\nversion")
            .replacing(
                "run: {argv: [/usr/bin/restart, '${instance}']}",
                with: "http: {method: PUT, url: 'https://lb.internal/${instance}', auth: {bearer: LB}}")
        let parameters: [String: JSONValue] = ["service": .string("shop"), "instance": .string("a")]
        for isThere in [false, true] {
            let site = try await RunSite(runbook: RunSite.runbook + "\n---\n" + other) {
                if isThere { $0.actions.secrets["LB"] = .variable("LB") }
            }
            try await site.atWork {
                let foresight = try await site.desk.foresee(runbook: "drain", parameters: parameters)
                #expect((foresight.blocked == nil) == isThere)
                guard isThere else {
                    #expect(foresight.blocked?.contains("'LB'") == true)
                    await #expect(throws: EngineError.self) {
                        _ = try await site.desk.start(
                            runbook: "drain", parameters: parameters, by: "ann", planHash: foresight.hash)
                    }
                    #expect(try await site.runs().isEmpty)
                    return
                }
                let run = try await site.desk.start(
                    runbook: "drain", parameters: parameters, by: "ann", planHash: foresight.hash)
                #expect(run.mode == .manual)
            }
        }
    }

    @Test("19: in a freeze a run that would start by itself is proposed, and a silence changes nothing about it")
    func freezeAndSilence() async throws {
        let freeze = """

            ---
            kind: window
            id: year-end
            title: Nothing changes
            owner: shop
            effect: freeze
            scope: all
            from: 2026-03-01T11:00:00Z
            until: 2026-03-01T13:00:00Z
            """
        let frozen = try await RunSite(rules: RunSite.rules + freeze)
        try await frozen.errors(9, of: "a")
        #expect(try await only(frozen).mode == .approve)

        let silenced = try await RunSite()
        let silence = try Silence(
            id: "s", matchers: LabelMatchers(parsing: #"service="shop""#), startsAt: noon - .minutes(1),
            endsAt: noon + .hours(1), createdBy: "ann", comment: "I know")
        try await silenced.take(.silence(.add(silence)))
        try await silenced.errors(9, of: "a")
        #expect(try await only(silenced).mode == .auto)
    }

    @Test("21: of two services of which one depends on the other only one is worked on at a time")
    func dependencies() async throws {
        let services = """

            ---
            kind: services
            services:
              - {name: shop, depends_on: [db]}
              - {name: db}
              - {name: blog}
            """
        let site = try await RunSite(rules: RunSite.rules + services)
        try await site.errors(9, of: "a", service: "db")
        try await site.errors(9, of: "b", service: "shop")
        site.clock.move(by: .seconds(1))
        try await site.errors(9, of: "c", service: "blog")
        #expect(try await site.runs().map { $0.plan.parameters["service"]?.string } == ["db", "blog"])
        #expect(try await site.blocks() == ["dependency_busy"])
    }

    @Test("22: what is protected is not touched, and the engine's own host only with an approval")
    func protected() async throws {
        let site = try await RunSite {
            $0.actions.protected = ["db1"]
        }
        try await site.errors(9, of: "db1")
        #expect(try await site.blocks() == ["protected"])
        try await site.errors(9, of: "localhost")
        #expect(try await only(site).mode == .approve)
        let open = try await RunSite { $0.actions.protectsOwnHost = false }
        try await open.errors(9, of: "localhost")
        #expect(try await only(open).mode == .auto)
    }

    @Test("4: a fleet that is not known yet is left alone, and one with too few healthy instances as well")
    func fleet() async throws {
        let runbook = RunSite.runbook.replacing(
            "locks:", with: "limits: {fleet: {service: '${service}', min_healthy: 70%}}\nlocks:")
        let site = try await RunSite(runbook: runbook)
        func up(_ down: Set<Int>) async throws {
            for number in 0..<10 { try await site.sample("up", down.contains(number) ? 0 : 1, of: "i\(number)") }
        }
        try await up([])
        try await site.errors(9, of: "i0")
        #expect(try await site.blocks() == ["fleet_unknown"])
        site.clock.move(by: .minutes(6))
        try await up([1, 2, 3, 4])
        try await site.errors(9, of: "i1")
        #expect(try await site.blocks().last == "fleet_unhealthy")
        site.clock.move(by: .minutes(1))
        // Three of ten are down, one of them the target: nothing is lost by working on it.
        try await up([1, 2, 3])
        try await site.errors(9, of: "i2")
        #expect(try await only(site).mode == .auto)
        // One at a time is a tenth of ten.
        try await site.errors(9, of: "i3")
        #expect(try await site.blocks().last == "fleet_busy")
    }

    @Test("4: a fleet can be selected by the labels of its instances")
    func selectedFleet() async throws {
        let runbook = RunSite.runbook.replacing(
            "locks:", with: "limits: {fleet: {selector: {service: '${service}'}}}\nlocks:")
        let site = try await RunSite(runbook: runbook)
        try await site.errors(9, of: "i0")
        #expect(try await site.blocks() == ["fleet_unknown"])
        for number in 0..<3 { try await site.sample("up", 1, of: "j\(number)") }
        try await site.errors(9, of: "j0")
        #expect(try await only(site).mode == .auto)
    }

    @Test(
        "4: who of a fleet is not well is told with the time of the reading",
        arguments: ["service: '${service}'", "selector: {service: '${service}'}"])
    func unwell(fleet: String) async throws {
        let runbook = RunSite.runbook.replacing("locks:", with: "limits: {fleet: {\(fleet)}}\nlocks:")
        let site = try await RunSite(runbook: runbook)
        site.clock.move(by: .minutes(6))
        for number in 0..<4 { try await site.sample("up", 1, of: "i\(number)") }
        try await site.errors(9, of: "i0")
        let plan = try await only(site).plan
        site.clock.move(by: .seconds(15))
        try await site.sample("up", 0, of: "i1")
        let downAt = site.clock.now()
        site.clock.move(by: .seconds(15))
        try await site.sample("up", 0, of: "i2")
        let world = await site.pipeline.world(
            for: plan, alert: nil, among: [:], beside: [], now: site.clock.now())
        let count = try #require(world.fleets.values.first)
        #expect(count.healthy == 2)
        #expect(count.unwell == [.init("i1", saidAt: downAt), .init("i2", saidAt: site.clock.now())])
    }

    @Test("25: the rates of a runbook follow from its runs and from what its alerts did")
    func statistics() async throws {
        let site = try await RunSite()
        try await site.atWork {
            try await site.errors(9, of: "a")
            try await site.wait { site.performer.targets.count == 1 }
            site.clock.move(by: .seconds(1))
            try await site.errors(0, of: "a")
            // The verification goes by data: it wants to see the calm.
            try await site.pass {
                try await site.errors(0, of: "a")
            } until: {
                try await site.runs().first?.status == .verified
            }
            #expect(try await only(site).status == .verified)
            var found = try await site.desk.statistics(of: "restart")
            #expect(found.verifiedRate == 1 && found.recurrenceRate == 0 && found.falseFireRate == 0)
            site.clock.move(by: .hours(2))
            try await site.errors(9, of: "a")
            found = try await site.desk.statistics(of: "restart")
            #expect(found.recurrenceRate == 1)
            let text = await site.desk.exposition()
            #expect(text.contains("auspex_runbook_verified_ratio{runbook=\"restart\"} 1.0"))
            #expect(text.contains("auspex_runbook_breaker_open{runbook=\"restart\"} 0"))
            await #expect(throws: EngineError.self) { _ = try await site.desk.statistics(of: "nobody") }
        }
    }

    @Test("26: a change that a run has taken back with success counts as one that did harm")
    func rollback() async throws {
        let site = try await RunSite(runbook: RunSite.runbook + "\nrolls_back: true")
        let change = Change(id: "d1", service: "shop", version: "v2", startedAt: noon, outcome: .success)
        try await site.changes.save(change)
        try await site.take(.change(change))
        site.clock.move(by: .minutes(1))
        try await site.atWork {
            try await site.errors(9, of: "a")
            try await site.wait { site.performer.targets.count == 1 }
            let run = try await only(site)
            #expect(try await site.book.change(ofRun: run.id) == "d1")
            #expect(try await site.audited("run.follows").first?["change"]?.string == "d1")
            try await site.pass {
                try await site.errors(0, of: "a")
            } until: {
                try await site.runs().first?.status == .verified
            }
            try await site.wait { try await site.outcomes.outcome(of: "d1")?.outcome.harm == .harmful }
            let statement = try #require(try await site.outcomes.outcome(of: "d1")?.outcome.statement)
            #expect(statement.by == "run \(run.id)")
        }
    }
}
