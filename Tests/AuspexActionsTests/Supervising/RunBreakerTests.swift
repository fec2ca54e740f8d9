import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// The safety defaults 6 and 7.
@Suite("Breakers", .timeLimit(.minutes(2))) struct RunBreakerTests {
    private static func failing() -> ScriptedPerformer {
        ScriptedPerformer { _, _ in OperationResult(outcome: .failed, reason: "no") }
    }

    private func fail(_ site: GateSite, _ triggers: [String]) async throws {
        for trigger in triggers {
            let run = try await site.run(trigger, lock: "service/\(trigger)")
            try await site.wait(for: run, .failed)
        }
    }

    @Test("two failures open it: people are told once, the runbook only proposes, until it is reset")
    func breaker() async throws {
        let site = GateSite(Self.failing())
        try await site.atWork {
            try await fail(site, ["a", "b"])
            try await TestSite.wait { await site.book.openBreakers().count == 1 }
            try await TestSite.wait { !site.notices.notices.isEmpty }
            let proposed = try await site.run("c", lock: "service/c")
            #expect(proposed.mode == .approve)
            // Another trigger for the same runbook tells nobody again.
            _ = try await site.run("d", lock: "service/d")
            #expect(site.notices.notices.filter { $0.kind == .breakerOpen }.count == 1)
            #expect(await site.book.audit.map(\.kind) == ["breaker.opened"])
        }
        let next = GateSite(Self.failing(), journal: site.journal, book: site.book)
        next.time.advance(.hours(48))
        try await next.atWork {
            #expect(try await next.run("e", lock: "service/e").mode == .approve)
            #expect(
                await next.book.resetBreaker(
                    of: "sample", audit: RunAudit(kind: "breaker.reset", detail: .null), at: next.time.now().wall))
            let run = try await next.run("f", lock: "service/f")
            #expect(run.mode == .auto)
            #expect(next.notices.notices.filter { $0.kind == .breakerOpen }.isEmpty)
        }
    }

    @Test("runs whose records cannot be read open it, and keep targets alone, and the audit says so")
    func unreadable() async throws {
        let site = GateSite()
        @Sendable func leave(_ id: String) async {
            let remains = RunRecord.Remains(
                id: id, triggerKey: id, runbook: "sample", requestedBy: "rule down", isShadow: false, isOpen: false,
                createdAt: site.time.now().wall, revision: 3)
            await site.journal.alter(RunRecord(of: remains, because: "it is damaged"))
        }
        try await site.atWork {
            for id in ["r1", "r2"] { await leave(id) }
            guard case .blocked(let block) = try await site.submit("a") else {
                Issue.record("it began")
                return
            }
            #expect(block.code == "cannot_tell")
            let why = await site.audit("run.blocked").last?["why"]?.string
            #expect(why?.contains("its record cannot be read") == true)
            site.time.advance(.hours(1))
            #expect(try await site.run("b").mode == .approve)
            let opened = await site.book.audit.first { $0.kind == "breaker.opened" }
            #expect(opened?.detail["why"]?.string?.contains("cannot be read: it is damaged") == true)
        }
    }

    @Test("failures that nobody counted before a crash count before the next run")
    func afterCrash() async throws {
        let journal = InMemoryRunJournal()
        let time = ManualTime().now().wall
        for number in 1...2 {
            let plan = RunSamples.plan(locks: ["x/\(number)"])
            let record = RunSamples.record(id: "r\(number)", plan: plan, createdAt: time - .hours(1))
            try await journal.store(record, failedAt: time - .hours(1))
        }
        let site = GateSite(journal: journal)
        try await site.atWork {
            let run = try await site.run("t1")
            #expect(run.mode == .approve)
            #expect(await site.book.openBreakers().map(\.run) == ["r2"])
        }
    }

    @Test("a breaker that could not be told of is told of after the next start")
    func toldLater() async throws {
        let book = InMemoryGuardBook()
        let breaker = Breaker(
            runbook: "sample", openedAt: Timestamp(milliseconds: 1), reason: "two failed", run: "r2")
        _ = await book.open(breaker, audit: RunAudit(kind: "breaker.opened", detail: .null))
        // It counts as told only when the channel has taken it.
        let sink = FailingNotices(failures: .max)
        try await GateSite(book: book, sink: sink).atWork { try await TestSite.wait { sink.attempts > 1 } }
        let site = GateSite(book: book)
        try await site.atWork { try await TestSite.wait { site.notices.notices.map(\.kind) == [.breakerOpen] } }
        let next = GateSite(book: book)
        try await next.atWork {
            _ = try await next.run("t1", mode: .manual)
            try await TestSite.wait { !next.performer.acts.isEmpty }
            #expect(next.notices.notices.isEmpty)
        }
    }

    @Test("what comes back a fourth time within a week is told to people and not remedied")
    func recurrence() async throws {
        let site = GateSite()
        try await site.atWork {
            for number in 1...3 {
                let run = try await site.run("t\(number)")
                try await site.wait(for: run, .verified)
                site.time.advance(.hours(24))
            }
            for _ in 1...2 {
                guard case .blocked(.recurring) = try await site.submit("t4") else {
                    Issue.record("a remedy that does not help goes on")
                    return
                }
            }
            try await TestSite.wait { !site.notices.notices.isEmpty }
            #expect(site.notices.notices.map(\.kind) == [.recurring])
            #expect(await site.audit("run.blocked").last?["code"]?.string == "recurring")
            // Another target, and a person, are another matter.
            _ = try await site.run("t5", lock: "service/other")
            _ = try await site.run("t6", mode: .manual)
        }
    }
}

extension InMemoryRunJournal {
    /// Stores a run as it was left by an engine that died when the run had failed.
    fileprivate func store(_ record: RunRecord, failedAt time: Timestamp) async throws {
        let ended = try RunSamples.ended(record, at: time, failed: true)
        _ = try insert(ended, audit: RunAudit(kind: "run.created", detail: .null))
    }
}
