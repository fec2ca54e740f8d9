import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// The journal has no room for some time, from any write on: nothing happens without its record, and the same engine goes
/// on when there is room.
@Suite(.timeLimit(.minutes(FaultScale.count(30, full: 90)))) struct FullJournalFaultTests {
    /// A journal that refuses some writes, by their numbers from 0.
    private actor FullJournal: RunJournalWrapper {
        struct NoRoom: Error {}

        let inner = InMemoryRunJournal()
        private let refused: Range<Int>
        private(set) var writes = 0

        init(refusing refused: Range<Int>) { self.refused = refused }

        private func write() throws {
            defer { writes += 1 }
            if refused.contains(writes) { throw NoRoom() }
        }

        func insert(_ run: RunRecord, audit: RunAudit) async throws -> RunInsertion {
            try write()
            return try await inner.insert(run, audit: audit)
        }
        func commit(_ commit: RunCommit) async throws {
            try write()
            try await inner.commit(commit)
        }
        func acquireLocks(
            _ locks: [String], run: String, now: Timestamp, until: Timestamp
        ) async throws -> LockOutcome {
            try write()
            return await inner.acquireLocks(locks, run: run, now: now, until: until)
        }
        func releaseLocks(run: String) async throws {
            try write()
            await inner.releaseLocks(run: run)
        }
        func appendAudit(_ audit: RunAudit, run: String?, at: Timestamp) async throws {
            try write()
            await inner.appendAudit(audit, run: run, at: at)
        }
    }

    /// Refusals in a row, more than a careless engine would try again.
    private static let refusals = 20

    @Test("full from any write on, for a while", arguments: StepKind.all.indices)
    func fromAnyWrite(index: Int) async throws {
        let kind = StepKind.all[index]
        var count = 0
        while true {
            let journal = FullJournal(refusing: count..<(count + Self.refusals))
            let world = FaultWorld(forgets: false, journal: journal.inner)
            let course = CrashCourse(journal: journal, world: world, kind: kind, name: "\(kind)/\(count)")
            let outcome = try await course.run([])
            #expect(outcome.record.status == .verified, "\(kind), from write \(count) on")
            #expect(outcome.deaths == 0 && outcome.decisions == 0, "\(kind), from write \(count) on")
            let acts = world.acts(of: outcome.record.id, at: kind.path)
            #expect(acts >= kind.atLeast, "\(kind), from write \(count) on")
            if kind.step.effect == .once { #expect(acts == 1, "\(kind), from write \(count) on") }
            #expect(world.unrecorded.isEmpty, "\(kind), from write \(count) on: \(world.unrecorded)")
            guard await journal.writes > count else { break }
            count += 1
        }
        #expect(count > 5)
        FaultScale.report("\(kind): a journal without room from each of \(count) writes on")
    }
}
