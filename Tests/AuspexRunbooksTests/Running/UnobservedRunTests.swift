import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// Runs where there are no detectors.
@Suite struct UnobservedRunTests {
    /// A run that has come as far as it does when nobody can say whether it helped, and is then told `words`.
    private func ended(_ words: RunEvent...) throws -> RunRecord {
        let plan = RunSamples.plan(onFailure: [RunSamples.step("mend")], always: [RunSamples.step("last")])
        var state = try RunState(RunSamples.record(id: "r1", plan: plan))
        var queue = state.handle(.begin, now: RunSamples.moment(0))
        var words = words
        while !queue.isEmpty || !words.isEmpty {
            guard !queue.isEmpty else {
                queue += state.handle(words.removeFirst(), now: RunSamples.moment(2_000))
                continue
            }
            let answer: RunEvent? =
                switch queue.removeFirst() {
                case .commit(let commit): .committed(revision: commit.record.revision)
                case .acquireLocks: .locks(.acquired)
                case .start(let order): .operationEnded(order.id, OperationResult(outcome: .succeeded, status: 0))
                case .observe(_, let path): .unobservable(problem: "there are no detectors here", path: path)
                default: nil
                }
            if let answer { queue += state.handle(answer, now: RunSamples.moment(1_000)) }
        }
        return state.record
    }

    @Test("a run that nobody can verify asks a person, and is no success by itself")
    func asks() throws {
        let record = try ended()
        #expect(record.status == .needsDecision)
        #expect(record.question?.path == "verify")
        #expect(record.question?.text == "there are no detectors here; does what step verify asks for hold?")
    }

    @Test("it is verified when a person says so, and the journal says who did")
    func done() throws {
        let record = try ended(.decide(.done, by: "ann"))
        #expect(record.status == .verified)
        #expect(record.lastAttempt(at: "verify")?.decidedBy == "ann")
        #expect(record.lastAttempt(at: "always/last")?.state == .done)
    }

    @Test("it has failed when a person says so, and does what it does then")
    func givenUp() throws {
        let record = try ended(.decide(.giveUp, by: "ann"))
        #expect(record.status == .failed)
        #expect(record.lastAttempt(at: "on_failure/mend")?.state == .done)
    }

    @Test("who wants to look again is asked again")
    func again() throws {
        let record = try ended(.decide(.runAgain, by: "ann"))
        #expect(record.status == .needsDecision)
        #expect(record.steps.count { $0.path == "verify" } == 2)
    }

    @Test("a run that is stopped meanwhile asks nothing")
    func stopped() throws {
        #expect(try ended(.cancel(by: "ann", reason: "enough")).status == .cancelled)
    }
}
