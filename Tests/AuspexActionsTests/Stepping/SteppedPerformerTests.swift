import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Synchronization
import Testing

/// A gate that answers what a test has written down, and then nothing until it is withdrawn.
private final class ScriptedGate: StepGate {
    private struct State {
        var words: [StepWord]
        var asked: [String] = []
        var waiting: CheckedContinuation<StepWord, Never>?
        var isWithdrawn = false
    }

    private let state: Mutex<State>

    init(_ words: StepWord...) { state = Mutex(State(words: words)) }

    /// What was asked: the path with the words that were possible, and the reason of a failure.
    var asked: [String] { state.withLock { $0.asked } }

    func mayBegin(_ act: SteppedAct, words: [StepWord]) async -> StepWord {
        await answer("\(act.path) \(act.summary) \(words.map(\.rawValue).joined(separator: "|"))")
    }

    func hasFailed(_ act: SteppedAct, _ result: OperationResult, words: [StepWord]) async -> StepWord {
        await answer("\(act.path) \(result.reason) \(words.map(\.rawValue).joined(separator: "|"))")
    }

    func withdraw(_ act: SteppedAct) {
        state.withLock { state in
            state.isWithdrawn = true
            defer { state.waiting = nil }
            return state.waiting
        }?.resume(returning: .abort)
    }

    private func answer(_ question: String) async -> StepWord {
        await withCheckedContinuation { waiting in
            let word = state.withLock { state -> StepWord? in
                state.asked.append(question)
                if !state.words.isEmpty { return state.words.removeFirst() }
                if state.isWithdrawn { return .abort }
                state.waiting = waiting
                return nil
            }
            if let word { waiting.resume(returning: word) }
        }
    }
}

/// What a gate has had done.
private final class HookLog: Sendable {
    let notes = Mutex<[String]>([])

    var hooks: SteppedPerformer.Hooks {
        SteppedPerformer.Hooks(
            person: "ann", abort: { run in self.notes.withLock { $0.append("abort \(run)") } },
            note: { audit, run in self.notes.withLock { $0.append("\(audit.kind) \(run)") } })
    }
}

@Suite(.timeLimit(.minutes(1))) struct SteppedPerformerTests {
    private let log = HookLog()

    private func order(
        _ path: String = "steps/act", effect: Effect = .idempotent, poll: Int = 0, argument: String = "x"
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: "r1", path: path, attempt: 1, poll: poll),
            operation: .run(Command(argv: ["/usr/bin/act", argument])), effect: effect, idempotencyKey: "k",
            timeout: .seconds(1))
    }

    private func stepped(_ performer: any Performer, _ gate: ScriptedGate) -> SteppedPerformer {
        SteppedPerformer(
            performer, gate: gate, mask: SecretMask(["hunter22"]), hooks: log.hooks,
            isProbe: { $0.path.hasSuffix("/probe") }
        )
    }

    @Test("an act happens when a person says step, whose secrets they are not shown")
    func step() async {
        let (gate, performer) = (ScriptedGate(.step), ScriptedPerformer())
        let result = await stepped(performer, gate).perform(order(argument: "hunter22"), .silent)
        #expect(result.outcome == .succeeded)
        #expect(performer.acts.count == 1)
        #expect(gate.asked == [#"steps/act run ["/usr/bin/act","******"] step|skip|abort"#])
    }

    @Test(
        "while a person is asked the journal says that the act waits, and before it happens that it does not any more")
    func heldUp() async {
        let log = Mutex<[String]>([])
        let control = OperationControl(
            stops: AsyncStream { _ in },
            heldUp: { isWaiting in
                log.withLock { $0.append("waits \(isWaiting)") }
                return true
            })
        let performer = ScriptedPerformer { _, _ in
            log.withLock { $0.append("act") }
            return OperationResult(outcome: .succeeded)
        }
        _ = await stepped(performer, ScriptedGate(.step)).perform(order(), control)
        #expect(log.withLock { $0 } == ["waits true", "waits false", "act"])
        _ = await stepped(performer, ScriptedGate(.skip)).perform(order(), control)
        #expect(log.withLock { $0.last } == "waits true")
        let gone = OperationControl(stops: AsyncStream { _ in }, heldUp: { !$0 })
        let gate = ScriptedGate(.step)
        #expect(await stepped(performer, gate).perform(order(), gone).outcome == .cancelled)
        #expect(gate.asked.isEmpty && performer.acts.count == 1)
    }

    @Test("what was sent once may have worked, also when a repetition that a person wants is not sent")
    func sentOnce() async {
        for first in [true, nil] {
            let performer = ScriptedPerformer { order, _ in
                OperationResult(outcome: .failed, reason: "no", isUnsent: order.id.poll == 0 ? first : true)
            }
            let result = await stepped(performer, ScriptedGate(.step, .retry, .proceed)).perform(order(), .silent)
            #expect(performer.acts.count == 2 && result.isUnsent == first)
        }
    }

    @Test("an act that is skipped does not happen, is not taken for done, and the journal and the audit say so")
    func skip() async {
        let performer = ScriptedPerformer()
        let result = await stepped(performer, ScriptedGate(.skip)).perform(order(), .silent)
        #expect(result == .leftOut("left out by ann at the terminal") && result.outcome == .cancelled)
        #expect(performer.acts.isEmpty)
        #expect(log.notes.withLock { $0 } == ["run.step.skipped r1"])
    }

    @Test("what cannot be written down is neither skipped nor done again")
    func noAudit() async {
        let hooks = SteppedPerformer.Hooks(
            person: "ann", abort: { _ in }, note: { _, _ in throw CancellationError() })
        let performer = ScriptedPerformer { _, _ in OperationResult(outcome: .failed, reason: "exit 1") }
        func result(_ gate: ScriptedGate) async -> OperationResult {
            await SteppedPerformer(performer, gate: gate, mask: SecretMask([]), hooks: hooks, isProbe: { _ in false })
                .perform(order(), .silent)
        }
        #expect(await result(ScriptedGate(.skip)).outcome == .failed)
        #expect(performer.acts.isEmpty)
        #expect(await result(ScriptedGate(.step, .retry)).reason == "exit 1")
        #expect(performer.acts.count == 1)
    }

    @Test("an abort stops the run, and the act does not happen")
    func abort() async {
        let performer = ScriptedPerformer()
        let result = await stepped(performer, ScriptedGate(.abort)).perform(order(), .silent)
        #expect(result.outcome == .cancelled)
        #expect(performer.acts.isEmpty)
        #expect(log.notes.withLock { $0 } == ["abort r1"])
    }

    @Test("a wait is asked about once and cannot be skipped, a probe is not asked about")
    func wait() async {
        let (gate, performer) = (ScriptedGate(.skip), ScriptedPerformer())
        let stepped = stepped(performer, gate)
        #expect(await stepped.perform(order(effect: .read, poll: 1), .silent).outcome == .cancelled)
        #expect(gate.asked.count == 1 && gate.asked[0].hasSuffix(" step|abort"))
        _ = await stepped.perform(order(effect: .read, poll: 2), .silent)
        _ = await stepped.perform(order("steps/act/probe", effect: .read), .silent)
        #expect(gate.asked.count == 1)
        #expect(performer.acts.count == 2)
    }

    @Test("what has failed is done again as often as a person wants, under its key and in a place of its own")
    func retry() async {
        let performer = ScriptedPerformer { order, _ in
            order.id.poll < 2
                ? OperationResult(outcome: .failed, reason: "exit 1") : OperationResult(outcome: .succeeded)
        }
        let gate = ScriptedGate(.step, .retry, .retry)
        #expect(await stepped(performer, gate).perform(order(), .silent).outcome == .succeeded)
        #expect(performer.acts.map(\.id.poll) == [0, 1, 2])
        #expect(Set(performer.acts.map(\.idempotencyKey)) == ["k"])
        #expect(gate.asked[1] == "steps/act exit 1 proceed|retry|abort")
        #expect(log.notes.withLock { $0 } == ["run.step.repeated r1", "run.step.repeated r1"])
    }

    @Test("what may happen at most once is never done again, whatever is said")
    func onceIsNeverRepeated() async {
        let performer = ScriptedPerformer { _, _ in OperationResult(outcome: .failed, reason: "exit 1") }
        let gate = ScriptedGate(.step, .retry)
        #expect(await stepped(performer, gate).perform(order(effect: .once), .silent).outcome == .failed)
        #expect(performer.acts.count == 1)
        #expect(gate.asked[1].hasSuffix(" proceed|abort"))
    }

    @Test("an unknown outcome is the machine's to settle, and is not asked about")
    func unknown() async {
        let performer = ScriptedPerformer { _, _ in OperationResult(outcome: .unknown) }
        let gate = ScriptedGate(.step)
        #expect(await stepped(performer, gate).perform(order(effect: .once), .silent).outcome == .unknown)
        #expect(gate.asked.count == 1)
    }

    @Test(
        "what a run does at its end is told apart from what it is stopped in",
        arguments: [
            ("steps/act", false), ("verify", false), ("always/act", true), ("on_failure/act", true),
            ("steps/always/act", false),
        ])
    func endings(path: String, belongsToEnd: Bool) {
        let act = SteppedAct(run: "r1", path: path, summary: "", effect: .read, isWait: false)
        #expect(act.belongsToEnd == belongsToEnd)
    }

    @Test("a run that is stopped waits for no answer, and what is under way is told")
    func stopped() async {
        let (stops, stop) = AsyncStream<Void>.makeStream()
        stop.yield()
        let performer = ScriptedPerformer()
        let result = await stepped(performer, ScriptedGate()).perform(order(), OperationControl(stops: stops))
        #expect(result.outcome == .cancelled)
        #expect(performer.acts.isEmpty)
        let endless = ScriptedPerformer.endless()
        let (later, end) = AsyncStream<Void>.makeStream()
        async let running = stepped(endless, ScriptedGate(.step, .proceed)).perform(
            order(), OperationControl(stops: later))
        while endless.acts.isEmpty { await Task.yield() }
        end.yield()
        #expect(await running.outcome == .cancelled)
    }

    @Test("an engine that stops waits for no answer, and does not stop the run")
    func engineStops() async {
        let gate = ScriptedGate()
        let stepped = stepped(ScriptedPerformer(), gate)
        let order = order()
        let task = Task { await stepped.perform(order, .silent) }
        while gate.asked.isEmpty { await Task.yield() }
        task.cancel()
        #expect(await task.value.outcome == .cancelled)
        #expect(log.notes.withLock { $0 }.isEmpty)
    }

    @Test("what a failure says is shown without the plan's secrets")
    func maskedReason() async {
        let performer = ScriptedPerformer { _, _ in OperationResult(outcome: .failed, reason: "no hunter22 here") }
        let gate = ScriptedGate(.step, .proceed)
        let result = await stepped(performer, gate).perform(order(), .silent)
        #expect(result.outcome == .failed)
        #expect(gate.asked[1] == "steps/act no ****** here proceed|retry|abort")
    }

    // MARK: - After a restart

    private func hasRecovered(
        _ performer: KeepingPerformer, _ gate: ScriptedGate, effect: Effect = .idempotent
    ) async -> (located: Located, result: OperationResult?) {
        let stepped = stepped(performer, gate)
        let located = await stepped.locate(order(effect: effect))
        guard located == .running else { return (located, nil) }
        return (located, await stepped.attach(order(effect: effect), .silent))
    }

    @Test(
        "an act that a later engine finds failed is asked about, its reason masked, and done again in a place of its own"
    )
    func failedBefore() async {
        let performer = KeepingPerformer([OperationResult(outcome: .failed, reason: "hunter22")])
        let gate = ScriptedGate(.retry)
        let (located, result) = await hasRecovered(performer, gate)
        #expect(located == .running && result?.outcome == .succeeded)
        #expect(gate.asked == ["steps/act ****** proceed|retry|abort"])
        #expect(performer.acts.map(\.id.poll) == [1])
        #expect(log.notes.withLock { $0 } == ["run.step.repeated r1"])
    }

    @Test("a person's word about what a later engine finds failed holds", arguments: [StepWord.proceed, .abort])
    func failedForGood(word: StepWord) async {
        let performer = KeepingPerformer([OperationResult(outcome: .failed, reason: "exit 1")])
        let (_, result) = await hasRecovered(performer, ScriptedGate(word))
        #expect(result?.outcome == .failed && performer.acts.isEmpty)
        #expect(log.notes.withLock { $0 } == (word == .abort ? ["abort r1"] : []))
    }

    @Test("of an act that was done again the newest repetition is what a later engine goes by")
    func newestRepetition() async {
        let failed = OperationResult(outcome: .failed, reason: "exit 1")
        let done = KeepingPerformer([failed, failed, OperationResult(outcome: .succeeded, reason: "third")])
        let (located, _) = await hasRecovered(done, ScriptedGate())
        guard case .finished(let result) = located else {
            Issue.record("\(located)")
            return
        }
        #expect(result.reason == "third")
        // Still at work when it is found.
        let running = KeepingPerformer([failed, nil])
        let gate = ScriptedGate(.retry)
        #expect(await hasRecovered(running, gate).result?.outcome == .succeeded)
        #expect(gate.asked == ["steps/act attached proceed|retry|abort"])
        #expect(running.acts.map(\.id.poll) == [2])
    }

    @Test("what may happen at most once is not done again after a restart either")
    func onceAfterRestart() async {
        let performer = KeepingPerformer([OperationResult(outcome: .failed, reason: "exit 1")])
        let gate = ScriptedGate(.retry)
        #expect(await hasRecovered(performer, gate, effect: .once).result?.outcome == .failed)
        #expect(performer.acts.isEmpty && gate.asked[0].hasSuffix(" proceed|abort"))
    }

    @Test("a run that is stopped meanwhile waits for no answer about what was found")
    func stoppedAfterRestart() async {
        let performer = KeepingPerformer([OperationResult(outcome: .failed, reason: "exit 1")])
        let (stops, stop) = AsyncStream<Void>.makeStream()
        stop.yield()
        let result = await stepped(performer, ScriptedGate()).attach(order(), OperationControl(stops: stops))
        #expect(result.outcome == .failed && performer.acts.isEmpty)
    }
}

/// A performer that has kept of an act and its repetitions how they ended, or that they are still at work.
private final class KeepingPerformer: Performer {
    private let kept: [OperationResult?]
    private let done = Mutex<[OperationOrder]>([])

    init(_ kept: [OperationResult?]) { self.kept = kept }

    var acts: [OperationOrder] { done.withLock { $0 } }

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        done.withLock { $0.append(order) }
        return OperationResult(outcome: .succeeded)
    }

    func newestRepetition(of order: OperationOrder) async -> Int { max(0, kept.count - 1) }

    func locate(_ order: OperationOrder) async -> Located {
        guard kept.indices.contains(order.id.poll) else { return .notStarted }
        return kept[order.id.poll].map(Located.finished) ?? .running
    }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        OperationResult(outcome: .failed, reason: "attached")
    }
}
