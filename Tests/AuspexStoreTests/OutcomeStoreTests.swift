import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexChanges
@testable import AuspexStore

@Suite struct OutcomeStoreTests {
    private struct Site {
        var store: Store
        var outcomes: SQLiteOutcomeStore
        var changes: SQLiteChangeStore
        var models: SQLiteRiskModelStore
    }

    private func withStore(_ body: (Site) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        try await body(
            Site(
                store: store, outcomes: SQLiteOutcomeStore(store: store), changes: SQLiteChangeStore(store: store),
                models: SQLiteRiskModelStore(store: store)))
    }

    private func change(_ id: String, version: String = "v1", environment: String = "production") -> Change {
        Change(
            id: id, service: "shop", environment: environment, version: version, startedAt: noon, outcome: .success)
    }

    private func decide(_ site: Site, _ id: String, _ harm: ChangeOutcome.Harm) async throws {
        _ = try await site.outcomes.decide([id]) { change, _ in
            ChangeOutcome(change: change.id, harm: harm, decidedAt: noon)
        }
    }

    private func measured(sha: String = "", version: String = "", environment: String = "", at hours: Int64 = 0)
        -> MeasuredChange
    {
        MeasuredChange(
            service: "shop", environment: environment, sha: sha, version: version,
            measures: ChangeMeasures { $0 == .la ? Double(hours) : 0 }, time: noon + .hours(hours))
    }

    @Test("a decision sees what is kept, is kept when it is news, and passes over what there is not")
    func decides() async throws {
        try await withStore { site in
            try await site.changes.save(change("d"))
            #expect(try await site.outcomes.undecided(since: noon, limit: 10) == ["d"])
            #expect(try await site.outcomes.undecided(since: noon + .hours(1), limit: 10).isEmpty)
            try await decide(site, "d", .open)
            #expect(try await site.outcomes.undecided(since: noon, limit: 10) == ["d"])
            let news = try await site.outcomes.decide(["d", "nobody"]) { change, known in
                #expect(known?.harm == .open)
                return ChangeOutcome(change: change.id, harm: .harmful, reasons: ["x"], decidedAt: noon)
            }
            #expect(news.map(\.after.harm) == [.harmful])
            #expect(try await site.outcomes.decide(["d"]) { _, known in known ?? news[0].after }.isEmpty)
            #expect(try await site.outcomes.undecided(since: noon, limit: 10).isEmpty)
            #expect(try await site.outcomes.outcomes(of: ["d", "nobody"]).mapValues(\.reasons) == ["d": ["x"]])
        }
    }

    @Test("measures and reports are matched by service, environment and the sha or the version")
    func matching() async throws {
        let cases: [(measured: MeasuredChange, isFound: Bool)] = [
            (measured(sha: "v1"), true), (measured(version: "v1"), true), (measured(sha: "v2", version: "v1"), true),
            (measured(sha: "v2"), false), (measured(sha: "v1", environment: "production"), true),
            (measured(sha: "v1", environment: "staging"), false),
        ]
        for (measured, isFound) in cases {
            try await withStore { site in
                try await site.changes.save(change("d"))
                try await decide(site, "d", .harmful)
                try await site.outcomes.record(measured)
                let found = try await site.outcomes.learnable("shop", after: nil, until: noon, limit: 10)
                #expect(found.map(\.isHarmful) == (isFound ? [true] : []), "\(measured)")
                #expect(try await site.outcomes.learnable("till", after: nil, until: noon, limit: 10).isEmpty)
            }
        }
    }

    @Test(
        "versions are the same as in the watch: without a v, and commits by their first digits",
        arguments: [
            ("v1.2", "1.2", true), ("1", "v1", true), ("vx", "x", false), ("0123456789ABCDEF", "0123456", true),
            ("0123456", "0123456789abcdef", true), ("0123457", "0123456789abcdef", false),
            ("20260101", "20260102", false),
            ("012345", "0123456", false), ("", "v1", false),
        ])
    func sameVersion(reported: String, known: String, isSame: Bool) async throws {
        #expect(VersionName.isSame(reported, known) == isSame)
        try await withStore { site in
            try await site.changes.save(change("d", version: reported))
            try await decide(site, "d", .harmful)
            for (sha, version) in [(known, ""), ("other", known)] {
                try await site.outcomes.record(measured(sha: sha, version: version))
                let found = try await site.outcomes.learnable("shop", after: nil, until: noon, limit: 10)
                #expect(found.isEmpty != isSame)
                let measured = try await site.outcomes.measured("shop", environment: "x", names: ["", reported])
                #expect((measured != nil) == isSame)
            }
        }
    }

    @Test("what was measured is found by any of its names, first in its environment, with what was said of it")
    func measuredBefore() async throws {
        try await withStore { site in
            var rich = measured(sha: "abc", version: "v1", environment: "production")
            rich.background = .init(
                assessment: RiskAssessment(risk: nil, missing: ["x"]), content: ChangeContent(commits: 3), commits: 3)
            try await site.outcomes.record(rich)
            try await site.outcomes.record(measured(sha: "abc", at: 1))
            func found(_ environment: String, _ names: String...) async throws -> MeasuredChange? {
                try await site.outcomes.measured("shop", environment: environment, names: names)
            }
            #expect(try await found("production", "abc", "") == rich)
            #expect(try await found("production", "", "1") == rich)
            #expect(try await found("staging", "abc")?.environment == "")
            #expect(try await found("staging", "v1") == nil)
            #expect(try await found("production", "") == nil)
            #expect(try await site.outcomes.measured("till", environment: "", names: ["abc"]) == nil)
        }
    }

    @Test("a report that has learned its version is matched though its outcome stays")
    func renamed() async throws {
        try await withStore { site in
            try await site.outcomes.record(measured(sha: "v1"))
            try await site.changes.save(change("d", version: ""))
            try await decide(site, "d", .harmful)
            try await site.changes.save(change("d"))
            try await decide(site, "d", .harmful)
            #expect(try await site.outcomes.learnable("shop", after: nil, until: noon, limit: 10).count == 1)
        }
    }

    @Test("a change without a version is matched with nothing")
    func unnamed() async throws {
        try await withStore { site in
            try await site.changes.save(change("d", version: ""))
            try await decide(site, "d", .harmful)
            try await site.outcomes.record(measured(sha: "abc"))
            #expect(try await site.outcomes.learnable("shop", after: nil, until: noon, limit: 10).isEmpty)
        }
    }

    @Test("of several reports one that did harm is enough, and all must be known to be harmless")
    func several() async throws {
        func label(_ harms: [ChangeOutcome.Harm]) async throws -> [Bool] {
            var found: [Bool] = []
            try await withStore { site in
                try await site.outcomes.record(measured(sha: "v1"))
                for (place, harm) in harms.enumerated() {
                    try await site.changes.save(change("d\(place)"))
                    try await decide(site, "d\(place)", harm)
                }
                found = try await site.outcomes.learnable("shop", after: nil, until: noon, limit: 10).map(\.isHarmful)
            }
            return found
        }
        #expect(try await label([.harmless, .harmless]) == [false])
        #expect(try await label([.harmless, .open]).isEmpty)
        #expect(try await label([.open, .harmful]) == [true])
    }

    @Test("the newest changes of a span come oldest first, are counted, and are replaced when they are measured again")
    func spans() async throws {
        try await withStore { site in
            for number in 0..<6 {
                try await site.changes.save(change("d\(number)", version: "v\(number)"))
                try await decide(site, "d\(number)", number == 3 ? .harmful : .harmless)
                try await site.outcomes.record(measured(sha: "v\(number)", at: Int64(number)))
            }
            try await site.outcomes.record(measured(sha: "v5", at: 5))
            let found = try await site.outcomes.learnable(
                "shop", after: noon + .hours(1), until: noon + .hours(4), limit: 2)
            #expect(found.map(\.time) == [noon + .hours(3), noon + .hours(4)])
            #expect(found.map(\.isHarmful) == [true, false])
            #expect(found.map { $0.measures[.la] } == [3, 4])
            let tallies = try await site.outcomes.tallies(until: noon + .hours(5))
            #expect(tallies == [OutcomeTally(service: "shop", known: 6, harmful: 1, lastDecision: noon)])
            _ = try await site.store.removeRecords(before: noon + .hours(2))
            #expect(try await site.outcomes.tallies(until: noon + .hours(5)).isEmpty)
        }
    }

    @Test("the last five versions are kept and the one in force, which gives way to a later one")
    func models() async throws {
        let model = try RiskTrainer.train(
            (0..<60).map { day in
                LabelledChange(
                    time: Timestamp(milliseconds: Int64(day)), measures: ChangeMeasures { _ in Double(day % 7) },
                    isHarmful: day % 3 == 0)
            }, service: "shop")
        func version(_ isInForce: Bool) -> RiskModelVersion {
            RiskModelVersion(
                service: "shop", origin: .trained, model: model, at: noon, isInForce: isInForce, note: "note")
        }
        try await withStore { site in
            #expect(try await site.models.inForce("shop") == nil)
            #expect(try await site.models.add(version(true), model).version == 1)
            for _ in 0..<7 { _ = try await site.models.add(version(false), model) }
            #expect(try await site.models.versions(of: nil).map(\.version) == [8, 7, 6, 5, 4, 1])
            #expect(try await site.models.inForce("shop")?.version.version == 1)
            #expect(try await site.models.inForce("shop")?.model == model)
            _ = try await site.models.add(version(true), model)
            #expect(try await site.models.versions(of: "shop").map(\.version) == [9, 8, 7, 6, 5])
            #expect(try await site.models.versions(of: "shop").map(\.isInForce) == [true, false, false, false, false])
            var learned = model
            _ = learned.learn([
                LabelledChange(
                    time: Timestamp(milliseconds: 99), measures: ChangeMeasures { _ in 1 }, isHarmful: true)
            ])
            try await site.models.update(learned, service: "shop", version: 9)
            #expect(try await site.models.inForce("shop")?.model == learned)
            #expect(try await site.models.versions(of: "till").isEmpty)
        }
    }
}
