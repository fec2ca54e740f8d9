import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

@Suite struct JournalConformanceTests {
    @Test("the journal in memory keeps all rules")
    func inMemory() async throws {
        let problems = try await RunJournalConformance.problems { InMemoryRunJournal() }
        #expect(problems.isEmpty, "\(problems)")
    }

    /// A journal that forgets one rule.
    private actor Forgetful: RunJournalWrapper {
        let inner = InMemoryRunJournal()

        func acquireLocks(_ locks: [String], run: String, now: Timestamp, until: Timestamp) async throws -> LockOutcome
        {
            .acquired
        }
        func releaseLocks(run: String) async throws {}
        func appendAudit(_ audit: RunAudit, run: String?, at: Timestamp) async throws {}
    }

    @Test("a journal that gives every lock to everybody is found out")
    func forgetful() async throws {
        let problems = try await RunJournalConformance.problems { Forgetful() }
        #expect(problems.count >= 4)
    }

    @Test("a record is the same after a way through JSON")
    func recordsSurvive() throws {
        var world = Simulation(
            RunSamples.plan(steps: [RunSamples.step("a", effect: .once)], onFailure: [RunSamples.step("b")]))
        world.result = { _, _ in OperationResult(outcome: .failed, reason: "no", status: 3) }
        try world.run()
        #expect(try restored(world.stored) == world.stored)
        #expect(try restored(world.stored).plan.hash == world.stored.planHash)
    }
}
