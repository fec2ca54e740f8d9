import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Logging
import Testing

@testable import AuspexChanges
@testable import AuspexEngine

/// From a change to its outcome, from outcomes to a model, and from the model to an assessment.
@Suite(.timeLimit(.minutes(3))) struct OutcomeDeskTests {
    private func withEngine(
        _ body: (Engine, SetClock) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let clock = SetClock(noon)
        let engine = try await Engine(configuration: configuration, clock: clock, logger: logger)
        try await body(engine, clock)
    }

    private func change(
        _ id: String, _ service: String = "shop", at moment: Timestamp = noon, _ outcome: Change.Outcome = .success
    ) -> Change {
        Change(
            id: id, service: service, environment: "production", version: "sha-\(id)", startedAt: moment,
            endedAt: outcome == .pending ? nil : moment, outcome: outcome)
    }

    @Test("a change is open, then harmless, and harmful when a person says so; the audit has it")
    func life() async throws {
        try await withEngine { engine, clock in
            try await engine.report(change("d"))
            #expect(try await engine.outcomes.outcome(of: "d")?.outcome.harm == .open)
            clock.move(to: noon + .hours(7 * 24))
            await engine.outcomes.pass()
            #expect(try await engine.outcomes.outcome(of: "d")?.outcome.harm == .harmless)
            let said = try await engine.outcomes.state(true, of: "d", by: "ann", reason: "lost orders")
            #expect(said.harm == .harmful)
            #expect(said.reasons.first == "ann said so: lost orders")
            #expect(said.reasons.last?.hasPrefix("it had been taken for harmless") == true)
            await engine.outcomes.pass()
            #expect(try await engine.outcomes.outcome(of: "d")?.outcome == said)
            #expect(try await engine.audit.entries().map(\.kind) == ["change.outcome"])
            await #expect(throws: OutcomeError.unknownChange("x")) {
                try await engine.outcomes.state(true, of: "x", by: "ann", reason: "")
            }
            await #expect(throws: OutcomeError.badText(name: "by", longest: 128)) {
                try await engine.outcomes.state(true, of: "d", by: "", reason: "")
            }
        }
    }

    @Test("one that is rolled back is harmful as soon as that is reported, however long it was harmless")
    func rolledBack() async throws {
        try await withEngine { engine, clock in
            try await engine.report(change("d"))
            clock.move(to: noon + .hours(60 * 24))
            await engine.outcomes.pass()
            #expect(try await engine.outcomes.outcome(of: "d")?.outcome.harm == .harmless)
            var undone = change("d", at: noon, .rolledBack)
            undone.endedAt = noon + .hours(59 * 24)
            try await engine.report(undone)
            #expect(try await engine.outcomes.outcome(of: "d")?.outcome.harm == .harmful)
        }
    }

    @Test("harm that is known before harmlessness could be is not learned from yet")
    func patience() async throws {
        try await withEngine { engine, clock in
            let book = engine.outcomes.book
            try await book.record(
                MeasuredChange(
                    service: "shop", environment: "production", sha: "sha-d", measures: ChangeMeasures { _ in 0 },
                    time: noon))
            clock.move(to: noon + .hours(24))
            try await engine.report(change("d", at: noon + .hours(24), .rolledBack))
            clock.move(to: noon + .hours(8 * 24))
            #expect(try await book.status(of: "shop").first?.tally.known == 0)
            clock.move(to: noon + .hours(9 * 24))
            #expect(try await book.status(of: "shop").first?.tally.known == 1)
        }
    }

    /// Reports changes with their measures, one a day, and what became of them.
    private func deliver(
        _ changes: [LabelledChange], to engine: Engine, _ clock: SetClock, service: String
    ) async throws {
        for (place, labelled) in changes.enumerated() {
            let time = noon + .hours(24 * Int64(place))
            clock.move(to: time)
            let id = "\(service)-\(place)"
            try await engine.outcomes.book.record(
                MeasuredChange(
                    service: service, environment: "production", sha: "sha-\(id)", measures: labelled.measures,
                    time: time))
            try await engine.report(change(id, service, at: time, labelled.isHarmful ? .rolledBack : .success))
            // Nothing is trained meanwhile.
            if place % 5 == 4 { await engine.outcomes.pass(while: { false }) }
        }
    }

    @Test("outcomes become a model that assesses changes; until then size does, and both say so")
    func learning() async throws {
        try await withEngine { engine, clock in
            let book = engine.outcomes.book
            var report = FeatureReport.sample
            #expect(await book.scorer(for: "shop").assess(report).missing.contains { $0.contains("size only") })
            #expect(try await book.status(of: "shop").first?.reason.hasPrefix("0 of 0 changes did harm") == true)
            try await deliver(DailyChanges.make(160), to: engine, clock, service: "shop")
            clock.move(to: noon + .hours(24 * 168))
            await engine.outcomes.pass()
            let status = try #require(try await book.status(of: "shop").first)
            #expect(status.tally.known == 160)
            #expect(status.versions.count == 1)
            let version = try #require(status.versions.first)
            #expect(version.changes == 160)
            #expect(version.harmful == DailyChanges.make(160).count { $0.isHarmful })
            #expect(version.evaluation?.changes == 48)
            #expect(version.isInForce == version.note.hasPrefix("in force"))
            #expect(status.scorer == (version.isInForce ? .own : .sizeOnly))
            let model = try RiskTrainer.train(DailyChanges.make(400, seed: 7), service: "elsewhere")
            let imported = try await engine.use(model, for: "shop", by: "ann")
            #expect(imported.version == 2)
            let risk = await book.scorer(for: "shop").assess(report).risk
            #expect(risk?.trainedOn == 400)
            #expect(risk?.probability != nil)
            // Another service borrows nothing as long as there is no model of all.
            #expect(await book.scorer(for: "till").assess(report).risk?.probability == nil)
            _ = try await engine.use(model, for: "", by: "ann")
            report.notes = []
            let borrowed = await book.scorer(for: "till").assess(report)
            #expect(borrowed.risk?.probability != nil)
            #expect(borrowed.missing.contains { $0.contains("by the model of 'elsewhere'") })
            #expect(try await engine.audit.entries().map(\.kind) == ["risk.model", "risk.model"])
        }
    }

    @Test("a late label comes in at the next training, which is not made before its time, nor in overload")
    func retraining() async throws {
        try await withEngine { engine, clock in
            let book = engine.outcomes.book
            try await deliver(DailyChanges.make(120, seed: 2), to: engine, clock, service: "shop")
            let later = noon + .hours(24 * 128)
            clock.move(to: later)
            await engine.outcomes.pass(while: { false })
            #expect(try await book.status(of: "shop").first?.versions.isEmpty == true)
            await engine.outcomes.pass()
            let first = try #require(try await book.status(of: "shop").first?.versions.first)
            await engine.outcomes.pass()
            #expect(try await book.status(of: "shop").first?.versions.count == 1)
            let harmless = try #require(DailyChanges.make(120, seed: 2).firstIndex { !$0.isHarmful })
            clock.move(to: later + .hours(1))
            _ = try await engine.outcomes.state(true, of: "shop-\(harmless)", by: "ann", reason: "found late")
            await engine.outcomes.pass()
            #expect(try await book.status(of: "shop").first?.versions.count == 1)
            clock.move(to: later + .hours(25))
            await engine.outcomes.pass()
            let second = try #require(try await book.status(of: "shop").first?.versions.first)
            #expect(second.version == 2)
            #expect(second.harmful == first.harmful + 1)
        }
    }
}

/// Changes that are the likelier to do harm the more lines they add.
private enum DailyChanges {
    static func make(_ count: Int, seed: UInt64 = 1) -> [LabelledChange] {
        var lots = SplitMix64(seed: seed)
        return (0..<count).map { day in
            let added = exp(lots.uniform() * 6).rounded()
            return LabelledChange(
                time: Timestamp(milliseconds: Int64(day) * 86_400_000),
                measures: ChangeMeasures { $0 == .la ? added : 0 },
                isHarmful: lots.uniform() < 0.02 + 0.08 * log1p(added))
        }
    }
}

extension FeatureReport {
    /// A change of thirty lines with thirty earlier ones.
    fileprivate static var sample: FeatureReport {
        var change = ChangeFeatures()
        change.linesAdded = 30
        let history = (1...30).map { lines in
            var earlier = ChangeFeatures()
            earlier.linesAdded = lines
            return earlier
        }
        return FeatureReport(
            range: "A..B", from: "A", to: "B", commits: [], change: change, history: history, notes: [])
    }
}
