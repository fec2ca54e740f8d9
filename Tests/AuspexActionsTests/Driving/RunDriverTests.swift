import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct RunDriverTests {
    /// A journal that refuses some writes.
    private actor FailingJournal: RunJournalWrapper {
        let inner = InMemoryRunJournal()
        private var refusals: Int
        private let kind: RunCommit.Kind
        private let path: String?
        private(set) var attempts = 0

        init(_ kind: RunCommit.Kind, refusals: Int, path: String? = nil) {
            self.kind = kind
            self.refusals = refusals
            self.path = path
        }

        struct DiskFull: Error {}

        func commit(_ commit: RunCommit) async throws {
            if commit.kind == kind {
                attempts += 1
                if refusals > 0 {
                    refusals -= 1
                    throw DiskFull()
                }
            }
            try await inner.commit(commit)
        }
    }

    private static let created = RunAudit(kind: "run.created", detail: .null)

    @Test("an act whose intent cannot be stored does not begin until it can, however long that takes")
    func intentRefused() async throws {
        let journal = FailingJournal(.intent, refusals: 100)
        let performer = ScriptedPerformer { order, _ in
            let isIntended = await journal.attempts > 100
            return OperationResult(outcome: isIntended ? .succeeded : .failed, status: 0)
        }
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let time = ManualTime()
        let failures = Mutex(0)
        let driver = RunDriver(
            .fake(journal: journal, performer: performer, time: time),
            report: { report in
                if case .writeFailed("r1", _) = report { failures.withLock { $0 += 1 } }
            })
        let begun = time.now()
        let end = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        #expect(end.steps.first?.state == .done)
        #expect(performer.acts.count == 1)
        #expect(failures.withLock { $0 } == 100)
        // From 0.2 s on each pause is twice as long as the one before it, up to 30 s: eight of them, then 92.
        #expect(time.now().elapsed(since: begun) == TimeSpan(milliseconds: 200 * 255 + 92 * 30_000))
    }

    @Test("an engine that stops while nothing can be stored leaves the run as the journal has it")
    func stoppedWhileFull() async throws {
        let journal = FailingJournal(.intent, refusals: .max)
        let performer = ScriptedPerformer()
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        let task = Task { try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false) }
        try await TestSite.wait { await journal.attempts > 5 }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(performer.acts.isEmpty)
        let stored = try #require(try await journal.run("r1"))
        #expect(stored.status == .running)
        let again = RunDriver(.fake(journal: journal.inner, performer: performer))
        #expect(try await again.drive(stored, mailbox: RunMailbox(), isRecovery: true).status == .verified)
        #expect(performer.acts.count == 1)
    }

    @Test("a write that fails is tried again", arguments: RunCommit.Kind.allCases)
    func writeRetried(kind: RunCommit.Kind) async throws {
        let journal = FailingJournal(kind, refusals: 4)
        let performer = ScriptedPerformer { _, control in
            let isNoted = await control.heldUp(true)
            let mayBegin = await control.heldUp(false)
            return OperationResult(outcome: isNoted && mayBegin ? .succeeded : .failed, status: 0)
        }
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        let end = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        #expect(end.status == .verified)
        #expect(performer.acts.count == 1)
        #expect(try await journal.run("r1") == end)
    }

    /// Detectors that note since when they were asked to look.
    private final class Watch: ObservationSource {
        private let calm: CalmObservations
        private let log = Mutex<[Timestamp]>([])

        init(_ time: ManualTime) { calm = CalmObservations(time: time) }

        var since: [Timestamp] { log.withLock { $0 } }

        func observe(_ verification: Verification, since: Timestamp) async throws -> Observation {
            log.withLock { $0.append(since) }
            return try await calm.observe(verification, since: since)
        }
    }

    @Test(
        "what is new is looked for since the run began to change something, however long ago, and else since the look began"
    )
    func newsSince() async throws {
        for effect in [Effect.idempotent, .read] {
            let (journal, time) = (InMemoryRunJournal(), ManualTime())
            let performer = ScriptedPerformer { _, _ in
                time.advance(.hours(96))
                return OperationResult(outcome: .succeeded, status: 0)
            }
            let record = RunSamples.record(
                id: "r1", plan: RunSamples.plan(steps: [RunSamples.step("act", effect: effect)]))
            _ = try await journal.insert(record, audit: Self.created)
            var surroundings = RunDriver.Surroundings.fake(journal: journal, performer: performer, time: time)
            let watch = Watch(time)
            surroundings.observations = watch
            let began = time.now().wall
            let end = try await RunDriver(surroundings).drive(record, mailbox: RunMailbox(), isRecovery: false)
            #expect(end.status == .verified)
            #expect(watch.since == [effect == .read ? began + .hours(96) : began])
        }
    }

    /// Drives a run whose first act does not end by itself, and stops the engine in the middle of that.
    private func stopDuringFirstAct(
        of record: RunRecord, _ journal: InMemoryRunJournal, _ performer: ScriptedPerformer
    ) async throws {
        _ = try await journal.insert(record, audit: Self.created)
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        let task = Task { try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false) }
        try await TestSite.wait { !performer.acts.isEmpty }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test("an act that may not begin any more because nobody drives its run is told so")
    func heldUpInVain() async throws {
        let journal = InMemoryRunJournal()
        let answers = Mutex<[Bool]>([])
        let performer = ScriptedPerformer { _, control in
            for await _ in control.stops { break }
            // By now the engine has stopped.
            let mayBegin = await control.heldUp(false)
            answers.withLock { $0.append(mayBegin) }
            return OperationResult(outcome: .unknown)
        }
        let record = RunSamples.record(id: "r1")
        try await stopDuringFirstAct(of: record, journal, performer)
        #expect(answers.withLock { $0 } == [false])
    }

    @Test("a run that somebody else changed is let go at once")
    func conflict() async throws {
        let journal = InMemoryRunJournal()
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        for commit in RunSamples.cancelled(record).commits { try await journal.commit(commit) }
        let driver = RunDriver(.fake(journal: journal))
        await #expect(throws: RunJournalError.self) {
            _ = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        }
    }

    @Test("a cancelled run ends its act, and the act's own end is waited for")
    func cancelled() async throws {
        let journal = InMemoryRunJournal()
        let performer = ScriptedPerformer.endless()
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let mailbox = RunMailbox()
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        async let end = driver.drive(record, mailbox: mailbox, isRecovery: false)
        try await TestSite.wait { !performer.acts.isEmpty }
        #expect(mailbox.send(.cancel(by: "ann", reason: "enough")))
        #expect(try await end.status == .cancelled)
        #expect(try await end.lastAttempt(at: "steps/act")?.state == .cancelled)
        #expect(!mailbox.send(.cancel(by: "ann", reason: "again")), "the mailbox of a run that is over hears nothing")
    }

    @Test("who says something to a run learns whether it is followed, when that is on disk")
    func words() async throws {
        let journal = InMemoryRunJournal()
        let performer = ScriptedPerformer.endless()
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let mailbox = RunMailbox()
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        async let end = driver.drive(record, mailbox: mailbox, isRecovery: false)
        try await TestSite.wait { !performer.acts.isEmpty }
        #expect(await mailbox.say(.decide(.done, by: "ann")) == .ignored)
        #expect(await mailbox.say(.cancel(by: "ann", reason: "enough")) == .followed)
        let stored = try #require(await journal.run("r1"))
        #expect(stored.stopping ?? stored.ending == .cancelled(reason: "ann: enough"))
        #expect(await journal.audit.contains { $0.audit.kind == "run.stopping" })
        #expect(try await end.status == .cancelled)
        #expect(await mailbox.say(.cancel(by: "ann", reason: "again")) == .unheard)
    }

    @Test("when the engine stops, the run stays as it is and nothing is made up")
    func engineStops() async throws {
        let journal = InMemoryRunJournal()
        let performer = ScriptedPerformer.endless()
        let record = RunSamples.record(id: "r1", plan: RunSamples.plan(steps: [RunSamples.step("act", effect: .once)]))
        try await stopDuringFirstAct(of: record, journal, performer)
        let stored = try #require(await journal.run("r1"))
        #expect(stored.status == .running)
        #expect(stored.lastAttempt(at: "steps/act")?.state == .intent)
    }

    @Test("a run that starts during a pause waits for its end")
    func paused() async throws {
        let journal = InMemoryRunJournal()
        let performer = ScriptedPerformer()
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let mailbox = RunMailbox()
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        async let end = driver.drive(record, mailbox: mailbox, isRecovery: false, isPaused: true)
        try await TestSite.wait { await journal.run("r1")?.status == .running }
        #expect(performer.acts.isEmpty)
        #expect(mailbox.send(.unpause))
        #expect(try await end.status == .verified)
    }

    @Test("secrets do not get into the journal with an output")
    func secretsInOutput() async throws {
        let journal = InMemoryRunJournal()
        var plan = RunSamples.plan()
        plan.parameters = ["token": .string("hunter2x")]
        plan.sensitive = ["token"]
        let record = RunSamples.record(id: "r1", plan: plan)
        _ = try await journal.insert(record, audit: Self.created)
        let performer = ScriptedPerformer { _, _ in
            OperationResult(
                outcome: .failed, reason: "no hunter2x", status: 1, output: CapturedText(head: "a hunter2x b"),
                errorOutput: CapturedText(head: "x", tail: "hunter2x", droppedBytes: 9))
        }
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        let end = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        #expect(end.status == .failed)
        var shown = "\(end.steps) \(end.ending ?? .verified)"
        for entry in await journal.audit { shown += entry.audit.detail.canonicalText }
        #expect(!shown.contains("hunter2x"))
        #expect(end.steps.first?.result?.output.text == "a ****** b")
    }

    @Test("a secret that the limit of an output cuts does not get into the journal in part")
    func cutSecret() async throws {
        let journal = InMemoryRunJournal()
        var plan = RunSamples.plan()
        plan.parameters = ["token": .string("hunter2ü9")]
        plan.sensitive = ["token"]
        let record = RunSamples.record(id: "r1", plan: plan)
        _ = try await journal.insert(record, audit: Self.created)
        let performer = ScriptedPerformer { _, _ in
            OperationResult(
                outcome: .succeeded, status: 0,
                output: CapturedText(head: "a hunter2ü9 hunter2\u{fffd}", tail: "\u{fffd}9 b", droppedBytes: 9),
                errorOutput: CapturedText(head: "a hun", tail: "er2ü9 b", droppedBytes: 1))
        }
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        let end = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        let result = try #require(end.steps.first?.result)
        #expect(result.output == CapturedText(head: "a ****** ", tail: " b", droppedBytes: 9 + 10 + 4))
        #expect(result.errorOutput == CapturedText(head: "a ", tail: " b", droppedBytes: 1 + 3 + 6))
    }

    @Test("a long output is stored as an excerpt")
    func longOutput() async throws {
        let journal = InMemoryRunJournal()
        let record = RunSamples.record(id: "r1")
        _ = try await journal.insert(record, audit: Self.created)
        let performer = ScriptedPerformer { _, _ in
            let text = String(repeating: "ä", count: 50_000)
            return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text + "end"))
        }
        let driver = RunDriver(.fake(journal: journal, performer: performer))
        let end = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: false)
        let output = try #require(end.steps.first?.result?.output)
        #expect(output.head.utf8.count <= RunState.excerptBytes + 4)
        #expect(output.tail.hasSuffix("end"))
        #expect(output.droppedBytes == 100_003 - 2 * RunState.excerptBytes)
    }
}
