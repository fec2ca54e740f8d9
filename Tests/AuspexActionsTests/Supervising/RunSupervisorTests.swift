import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct RunSupervisorTests {
    /// A supervisor at work, and what it works with.
    private struct Desk: Sendable {
        let journal: InMemoryRunJournal
        let performer: ScriptedPerformer
        let notices: NoticeLog
        let reports = ReportLog()
        let time = ManualTime()
        let supervisor: RunSupervisor

        init(
            journal: InMemoryRunJournal = InMemoryRunJournal(), performer: ScriptedPerformer = ScriptedPerformer(),
            guards: RunGuards = RunGuards(), pauseFile: PauseFile? = nil, sink: (any NoticeSink)? = nil
        ) {
            self.journal = journal
            self.performer = performer
            let (notices, reports) = (NoticeLog(), reports)
            self.notices = notices
            supervisor = RunSupervisor(
                .fake(journal: journal, performer: performer, notices: sink ?? notices, time: time), guards: guards,
                pauseFile: pauseFile, report: { reports.add($0) })
        }

        /// Does `body` while the supervisor is at work.
        func atWork(_ body: @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await supervisor.run() }
                try await body()
                group.cancelAll()
            }
        }

        func submit(
            _ trigger: String, locks: [String] = ["service/api"], mode: RunMode = .auto, steps: [Plan.Step]? = nil
        ) async throws -> RunSubmission {
            let plan = RunSamples.plan(steps: steps ?? [RunSamples.step("act")], locks: locks)
            return try await supervisor.submit(
                RunRequest(plan: plan, mode: mode, triggerKey: trigger, requestedBy: "rule down"))
        }

        func wait(for id: String, _ status: RunStatus) async throws {
            try await TestSite.wait { await journal.run(id)?.status == status }
        }
    }

    /// What a supervisor reports of notices, to be read.
    private final class ReportLog: Sendable {
        private let log = Mutex((delayed: [RunNotice](), failed: [RunNotice]()))

        var delayedNotices: [RunNotice] { log.withLock { $0.delayed } }
        var failedNotices: [RunNotice] { log.withLock { $0.failed } }

        func add(_ report: RunReport) {
            switch report {
            case .noticeDelayed(let notice, _): log.withLock { $0.delayed.append(notice) }
            case .noticeFailed(let notice, _): log.withLock { $0.failed.append(notice) }
            default: break
            }
        }
    }

    /// Counts how often it is asked to tidy, and remembers what it was to keep.
    private final class Tidied: Performer {
        private let log = Mutex<[Set<String>]>([])

        var kept: [Set<String>] { log.withLock { $0 } }

        func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            for await _ in control.stops { break }
            return OperationResult(outcome: .cancelled)
        }

        func locate(_ order: OperationOrder) async -> Located { .unknown }

        func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            OperationResult(outcome: .unknown)
        }

        func tidy(keeping open: Set<String>, before time: Timestamp) async { log.withLock { $0.append(open) } }
    }

    /// Lets the time until the next tidying be over when the test says so.
    private struct TidySleeper: Sleeper {
        let time: ManualTime
        let ticks: AsyncStream<Void>

        func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
            guard purpose == .tidying else { return try await time.sleep(span, for: purpose) }
            for await _ in ticks { return }
            throw CancellationError()
        }
    }

    @Test("what is left of old runs is removed again and again, and of runs under way never")
    func tidying() async throws {
        let (ticks, tick) = AsyncStream<Void>.makeStream()
        let (time, performer) = (ManualTime(), Tidied())
        let supervisor = RunSupervisor(
            RunDriver.Surroundings(
                journal: InMemoryRunJournal(), performer: performer, observations: CalmObservations(time: time),
                notices: NoticeLog(), moments: time, sleeper: TidySleeper(time: time, ticks: ticks)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            try await TestSite.wait { performer.kept == [[]] }
            let plan = RunSamples.plan(steps: [RunSamples.step("act")])
            let run = try record(
                try await supervisor.submit(
                    RunRequest(plan: plan, mode: .auto, triggerKey: "t", requestedBy: "rule down")))
            tick.yield()
            try await TestSite.wait { performer.kept.count == 2 }
            #expect(performer.kept.last == [run.id])
            group.cancelAll()
        }
    }

    private func record(_ submission: RunSubmission) throws -> RunRecord {
        guard case .accepted(let record) = submission else {
            Issue.record("\(submission)")
            throw CancellationError()
        }
        return record
    }

    @Test("a wish becomes a run that is seen through")
    func accepted() async throws {
        let desk = Desk()
        try await desk.atWork {
            let run = try record(try await desk.submit("t1"))
            try await desk.wait(for: run.id, .verified)
            #expect(desk.performer.acts.count == 1)
            #expect(await desk.journal.audit.first?.audit.kind == "run.created")
        }
    }

    @Test("a trigger that comes a hundred times at once is one run")
    func hundredTriggers() async throws {
        let desk = Desk()
        try await desk.atWork {
            let answers = try await withThrowingTaskGroup(of: RunSubmission.self) { group in
                for _ in 0..<100 { group.addTask { try await desk.submit("t1") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let accepted = answers.filter { if case .accepted = $0 { true } else { false } }
            let duplicates = answers.filter { if case .duplicate = $0 { true } else { false } }
            #expect(accepted.count == 1)
            #expect(duplicates.count == 99)
        }
    }

    @Test("a trigger that comes again after a restart is the same run")
    func triggerAfterRestart() async throws {
        let desk = Desk()
        try await desk.atWork {
            let run = try record(try await desk.submit("t1"))
            try await desk.wait(for: run.id, .verified)
        }
        let next = Desk(journal: desk.journal)
        try await next.atWork {
            guard case .duplicate(let run) = try await next.submit("t1") else {
                Issue.record("the trigger began a second run")
                return
            }
            #expect(run.status == .verified)
        }
    }

    @Test("of a hundred wishes at once for one target, one runs")
    func oneTarget() async throws {
        let desk = Desk(performer: .endless())
        try await desk.atWork {
            let answers = try await withThrowingTaskGroup(of: RunSubmission.self) { group in
                for number in 0..<100 { group.addTask { try await desk.submit("t\(number)", mode: .manual) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { if case .accepted = $0 { true } else { false } } == 1)
            #expect(answers.count { if case .blocked(.targetBusy) = $0 { true } else { false } } == 99)
        }
    }

    @Test("no more than three are at work at once")
    func threeAtOnce() async throws {
        let desk = Desk(performer: .endless())
        try await desk.atWork {
            for number in 1...3 {
                let run = try record(try await desk.submit("t\(number)", locks: ["x/\(number)"]))
                try await desk.wait(for: run.id, .running)
            }
            #expect(try await desk.submit("t4", locks: ["x/4"]) == .blocked(.tooManyAtOnce(3)))
            #expect(await desk.journal.audit.last?.audit.kind == "run.blocked")
        }
    }

    @Test("runs that were let go count, also before they are at work")
    func letGo() async throws {
        let desk = Desk(performer: .endless())
        // Nobody drives them yet.
        for number in 1...3 { _ = try record(try await desk.submit("t\(number)", locks: ["x/\(number)"])) }
        #expect(try await desk.submit("t4", locks: ["x/4"]) == .blocked(.tooManyAtOnce(3)))
    }

    @Test("approvals one after the other let no more begin than may be at work at once")
    func approvalsInARow() async throws {
        var guards = RunGuards()
        guards.mostAtOnce = 1
        let desk = Desk(performer: .endless(), guards: guards)
        try await desk.atWork {
            var runs: [RunRecord] = []
            for number in 1...2 {
                let run = try record(try await desk.submit("t\(number)", locks: ["x/\(number)"], mode: .approve))
                try await desk.wait(for: run.id, .awaitingApproval)
                runs.append(run)
            }
            try await desk.supervisor.approve(runs[0].id, planHash: runs[0].planHash, by: "ann")
            await #expect(throws: RunCommandError.blocked(.tooManyAtOnce(1))) {
                try await desk.supervisor.approve(runs[1].id, planHash: runs[1].planHash, by: "ann")
            }
            try await desk.supervisor.cancel(runs[0].id, by: "ann", reason: "enough")
            try await desk.wait(for: runs[0].id, .cancelled)
            try await TestSite.wait {
                (try? await desk.supervisor.approve(runs[1].id, planHash: runs[1].planHash, by: "ann")) != nil
            }
        }
    }

    @Test("shadow runs, however many, do not push others out of what the guards see")
    func manyShadows() async throws {
        let desk = Desk()
        try await desk.atWork {
            let run = try record(try await desk.submit("t0"))
            try await desk.wait(for: run.id, .verified)
            desk.time.advance(.seconds(1))
            for number in 1...1_001 { _ = try record(try await desk.submit("shadow\(number)", mode: .shadow)) }
            guard case .blocked(.coolingDown) = try await desk.submit("t1") else {
                Issue.record("the target is not left alone")
                return
            }
        }
    }

    @Test("a shadow wish is written down and nothing more")
    func shadow() async throws {
        let desk = Desk()
        try await desk.atWork {
            let run = try record(try await desk.submit("t1", mode: .shadow))
            #expect(!run.isOpen)
            _ = try record(try await desk.submit("t2"))
            try await TestSite.wait { !desk.performer.acts.isEmpty }
            #expect(await desk.journal.run(run.id)?.status == .planned)
        }
    }

    @Test("an approval is given by another person, for the plan that was read")
    func approval() async throws {
        let desk = Desk()
        try await desk.atWork {
            let run = try record(try await desk.submit("t1", mode: .approve))
            try await desk.wait(for: run.id, .awaitingApproval)
            await #expect(throws: RunCommandError.approval(.otherPlan(expected: run.planHash))) {
                try await desk.supervisor.approve(run.id, planHash: "x", by: "ann")
            }
            await #expect(throws: RunCommandError.approval(.sameRequester("rule down"))) {
                try await desk.supervisor.approve(run.id, planHash: run.planHash, by: "rule down")
            }
            #expect(desk.performer.acts.isEmpty)
            try await desk.supervisor.approve(run.id, planHash: run.planHash, by: "ann")
            try await desk.wait(for: run.id, .verified)
            await #expect(throws: RunCommandError.over(run.id, .verified)) {
                try await desk.supervisor.approve(run.id, planHash: run.planHash, by: "bob")
            }
            let refusals = await desk.journal.audit.count { $0.audit.kind == "run.approval.refused" }
            #expect(refusals == 3)
        }
    }

    @Test("of two approvals at once, the run begins once")
    func twoApprovals() async throws {
        let desk = Desk()
        try await desk.atWork {
            let run = try record(try await desk.submit("t1", mode: .approve))
            try await desk.wait(for: run.id, .awaitingApproval)
            await withTaskGroup(of: Void.self) { group in
                for person in ["ann", "bob"] {
                    group.addTask { try? await desk.supervisor.approve(run.id, planHash: run.planHash, by: person) }
                }
            }
            try await desk.wait(for: run.id, .verified)
            #expect(desk.performer.acts.count == 1)
            #expect(await desk.journal.audit.count { $0.audit.kind == "run.approved" } == 1)
        }
    }

    @Test("a run that asks is answered")
    func decision() async throws {
        let performer = ScriptedPerformer { order, _ in
            OperationResult(outcome: order.id.attempt == 1 && order.effect == .once ? .unknown : .succeeded, status: 0)
        }
        let desk = Desk(performer: performer)
        try await desk.atWork {
            let run = try record(try await desk.submit("t1", steps: [RunSamples.step("act", effect: .once)]))
            await #expect(throws: RunCommandError.unknownRun("nobody")) {
                try await desk.supervisor.decide("nobody", .done, by: "ann")
            }
            try await desk.wait(for: run.id, .needsDecision)
            try await TestSite.wait { desk.notices.notices.map(\.kind) == [.decisionNeeded] }
            try await desk.supervisor.decide(run.id, .runAgain, by: "ann")
            try await desk.wait(for: run.id, .verified)
            #expect(performer.acts.count == 2)
            #expect(Set(performer.acts.map(\.idempotencyKey)).count == 1)
        }
    }

    @Test("a run that was open when the engine died is taken up, also one that waits for people")
    func takenUp() async throws {
        let desk = Desk(performer: .endless())
        let waiting = Mutex("")
        try await desk.atWork {
            let run = try record(try await desk.submit("t1"))
            try await desk.wait(for: run.id, .running)
            try await TestSite.wait { !desk.performer.acts.isEmpty }
            let other = try record(try await desk.submit("t2", locks: ["other"], mode: .approve))
            try await desk.wait(for: other.id, .awaitingApproval)
            waiting.withLock { $0 = other.id }
        }
        let next = Desk(journal: desk.journal)
        let id = waiting.withLock { $0 }
        try await next.atWork {
            try await TestSite.wait { await next.journal.openRuns().count == 1 }
            let plan = try #require(await next.journal.run(id)).planHash
            try await TestSite.wait {
                (try? await next.supervisor.approve(id, planHash: plan, by: "ann")) != nil
            }
            try await next.wait(for: id, .verified)
        }
    }

    @Test("a pause holds over a restart, and people can make and end it by hand")
    func pause() async throws {
        let site = try TestSite()
        let file = PauseFile(path: site.path + "/paused")
        let desk = Desk(pauseFile: file)
        try await desk.atWork {
            try await desk.supervisor.pause(by: "ann", why: "incident 7")
            #expect(try await desk.submit("t1") == .blocked(.paused("incident 7 (ann)")))
        }
        let next = Desk(pauseFile: file)
        try await next.atWork {
            #expect(await next.supervisor.pause == "incident 7 (ann)")
            #expect(try await next.submit("t1", mode: .manual) == .blocked(.paused("incident 7 (ann)")))
            try await next.supervisor.unpause(by: "ann")
            _ = try record(try await next.submit("t2"))
            _ = FileManager.default.createFile(atPath: file.path, contents: Data())
            let answer = try await next.submit("t3", locks: ["other"])
            #expect(answer == .blocked(.paused("the file \(file.path) is there")))
            try FileManager.default.removeItem(atPath: file.path)
            _ = try record(try await next.submit("t4", locks: ["other"]))
        }
    }

    @Test("a pause that cannot be written down holds all the same, until somebody ends it")
    func unwrittenPause() async throws {
        let site = try TestSite()
        let desk = Desk(pauseFile: PauseFile(path: site.path + "/nowhere/paused"))
        try await desk.atWork {
            await #expect(throws: (any Error).self) { try await desk.supervisor.pause(by: "ann", why: "incident") }
            // Each wish has the file looked at.
            for number in 1...3 {
                #expect(try await desk.submit("t\(number)") == .blocked(.paused("incident (ann)")))
            }
            try await desk.supervisor.unpause(by: "ann")
            _ = try record(try await desk.submit("t4"))
        }
    }

    @Test("a pause that was asked for does not end with its file")
    func lostFile() async throws {
        let site = try TestSite()
        let file = PauseFile(path: site.path + "/paused")
        let desk = Desk(pauseFile: file)
        try await desk.atWork {
            try await desk.supervisor.pause(by: "ann", why: "incident")
            try FileManager.default.removeItem(atPath: file.path)
            #expect(try await desk.submit("t1") == .blocked(.paused("incident (ann)")))
        }
    }

    @Test("a notice that fails is tried until it arrives, ever less often, down to once a minute")
    func noticeRetries() async throws {
        let sink = FailingNotices(failures: 12)
        let desk = Desk(sink: sink)
        let start = desk.time.now().wall
        try await desk.atWork {
            _ = try await desk.submit("t1", mode: .approve)
            try await TestSite.wait { sink.attempts == 13 }
            // 1, 2, 4, 8, 16 and 32 seconds, and six minutes.
            #expect(desk.time.now().wall - start == .seconds(423))
            #expect(desk.reports.delayedNotices.count == 1)
            #expect(desk.reports.failedNotices.isEmpty)
        }
    }

    @Test("an approval that nobody asks for any more is not tried again")
    func obsoleteNotice() async throws {
        let sink = ClosedNotices()
        let desk = Desk(sink: sink)
        try await desk.atWork {
            let old = try record(try await desk.submit("t1", mode: .approve))
            try await TestSite.wait { sink.tried.contains(old.id) }
            try await desk.supervisor.cancel(old.id, by: "ann", reason: "enough")
            try await desk.wait(for: old.id, .cancelled)
            let new = try record(try await desk.submit("t2", locks: ["service/web"], mode: .approve))
            // One is tried after the other, so that none of the first is under way any more.
            try await TestSite.wait { sink.tried.contains(new.id) }
            sink.open()
            try await TestSite.wait { !sink.arrived.isEmpty }
            #expect(sink.arrived == [new.id])
        }
    }

    /// Notices that fail until they are let through.
    private final class ClosedNotices: NoticeSink {
        private struct State {
            var isOpen = false
            var tried: Set<String> = []
            var arrived: [String] = []
        }

        private let state = Mutex(State())

        var tried: Set<String> { state.withLock { $0.tried } }
        /// The runs of those that arrived, in order.
        var arrived: [String] { state.withLock { $0.arrived } }

        func open() { state.withLock { $0.isOpen = true } }

        func tell(_ notice: RunNotice) async throws {
            let isOpen = state.withLock { state in
                state.tried.insert(notice.run)
                if state.isOpen { state.arrived.append(notice.run) }
                return state.isOpen
            }
            if !isOpen { throw CancellationError() }
        }
    }

    @Test("the same notice waits once, and of too many the oldest is dropped and reported")
    func fullOutbox() async throws {
        let desk = Desk()
        let most = 256
        let keys = (0...most).map { "k\($0)" }
        for key in keys + keys.dropFirst() {
            await desk.supervisor.tellOnce(RunNotice(kind: .recurring, run: "", text: key, key: key))
        }
        #expect(desk.reports.failedNotices.map(\.key) == ["k0"])
        try await desk.atWork {
            try await TestSite.wait { desk.notices.notices.count == most }
            #expect(desk.notices.notices.map(\.key) == Array(keys.dropFirst()))
        }
    }

    @Test("a notice that is under way outlives its run")
    func noticeOutlives() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let sink = GatedNotices(gate: gate)
        let desk = Desk(sink: sink)
        try await desk.atWork {
            let run = try record(try await desk.submit("t1", mode: .approve))
            try await TestSite.wait { sink.begun == 1 }
            try await desk.supervisor.cancel(run.id, by: "ann", reason: "enough")
            try await desk.wait(for: run.id, .cancelled)
            opener.yield()
            try await TestSite.wait { sink.delivered == 1 }
        }
    }

    /// Notices that wait until they are let through, and fail when they are cut off.
    private final class GatedNotices: NoticeSink {
        private let gate: AsyncStream<Void>
        private let counts = Mutex((begun: 0, delivered: 0))

        init(gate: AsyncStream<Void>) { self.gate = gate }

        var begun: Int { counts.withLock { $0.begun } }
        var delivered: Int { counts.withLock { $0.delivered } }

        func tell(_ notice: RunNotice) async throws {
            counts.withLock { $0.begun += 1 }
            for await _ in gate { break }
            try Task.checkCancellation()
            counts.withLock { $0.delivered += 1 }
        }
    }

    @Test("a pause stops runs that are under way before their next step")
    func pauseUnderWay() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let performer = ScriptedPerformer { _, _ in
            for await _ in gate { break }
            return OperationResult(outcome: .succeeded, status: 0)
        }
        let desk = Desk(performer: performer)
        try await desk.atWork {
            let run = try record(try await desk.submit("t1", steps: ["a", "b"].map { RunSamples.step($0) }))
            try await TestSite.wait { performer.acts.count == 1 }
            try await desk.supervisor.pause(by: "ann", why: "incident")
            opener.yield()
            try await TestSite.wait { await desk.journal.run(run.id)?.lastAttempt(at: "steps/a")?.state == .done }
            #expect(performer.acts.count == 1)
            try await desk.supervisor.unpause(by: "ann")
            opener.yield()
            try await desk.wait(for: run.id, .verified)
            #expect(performer.acts.count == 2)
        }
    }

    @Test("a run that is ending already refuses to be cancelled")
    func cancelTooLate() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let performer = ScriptedPerformer { order, _ in
            if order.id.path == "always/tidy" { for await _ in gate { break } }
            return OperationResult(outcome: .succeeded, status: 0)
        }
        let desk = Desk(performer: performer)
        try await desk.atWork {
            let plan = RunSamples.plan(always: [RunSamples.step("tidy")])
            let run = try record(
                try await desk.supervisor.submit(
                    RunRequest(plan: plan, mode: .auto, triggerKey: "t1", requestedBy: "rule down")))
            try await TestSite.wait { performer.acts.last?.id.path == "always/tidy" }
            await #expect(throws: RunCommandError.ending(run.id)) {
                try await desk.supervisor.cancel(run.id, by: "ann", reason: "enough")
            }
            opener.yield()
            try await desk.wait(for: run.id, .verified)
        }
    }

    @Test("runs can be cancelled, and only those that are open")
    func cancel() async throws {
        let desk = Desk(performer: .endless())
        try await desk.atWork {
            let run = try record(try await desk.submit("t1"))
            try await TestSite.wait { !desk.performer.acts.isEmpty }
            try await desk.supervisor.cancel(run.id, by: "ann", reason: "enough")
            let stored = try #require(await desk.journal.run(run.id))
            #expect(stored.stopping ?? stored.ending == .cancelled(reason: "ann: enough"))
            try await desk.wait(for: run.id, .cancelled)
            await #expect(throws: RunCommandError.over(run.id, .cancelled)) {
                try await desk.supervisor.cancel(run.id, by: "ann", reason: "again")
            }
        }
    }
}
