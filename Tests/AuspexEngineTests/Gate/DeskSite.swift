import AuspexActions
import AuspexChanges
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Logging
import Synchronization

@testable import AuspexEngine

/// A gate that says what the test wants.
///
/// A class because the desk and the test share it.
final class SaidVerdicts: QuestionDecider {
    private let outcomes: Mutex<[Verdict.Outcome?]>
    private let policy: GatePolicy
    private let clock: SetClock?
    private let asked = Mutex<[String]>([])

    /// Says the outcomes one after the other, the last for ever; nil is an error. Verdicts are of noon without a clock.
    init(_ outcomes: Verdict.Outcome?..., policy: GatePolicy = GatePolicy(), clock: SetClock? = nil) {
        self.clock = clock
        self.outcomes = Mutex(outcomes)
        self.policy = policy
    }

    /// How often each question was decided.
    var decided: [String: Int] { asked.withLock { $0.reduce(into: [:]) { $0[$1, default: 0] += 1 } } }

    @concurrent func decide(_ question: DeploymentQuestion) async throws -> Verdict {
        asked.withLock { $0.append(question.id) }
        let outcome = outcomes.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        guard let outcome else { throw EngineError.incompleteRange }
        return verdict(question, outcome, missing: outcome == .inconclusive ? ["health"] : [])
    }

    @concurrent func undecided(_ question: DeploymentQuestion, because reason: String) async throws -> Verdict {
        verdict(question, .inconclusive, missing: [reason])
    }

    private func verdict(
        _ question: DeploymentQuestion, _ outcome: Verdict.Outcome, missing: [String]
    ) -> Verdict {
        var verdict = Gate.decide(
            Gate.Request(id: question.id, service: question.service, sha: question.sha), GateFacts(), policy: policy,
            now: clock?.now() ?? noon)
        verdict.verdict = outcome
        verdict.missing = missing
        return verdict
    }
}

/// Other systems that take replies as the test says, and count how many they are given at once.
///
/// A class because the desk and the test share it.
final class FakeSender: ReplySender {
    private struct State {
        var sent: [OutgoingReply] = []
        var outcomes: [ReplyOutcome] = []
        var underWay: [String: Int] = [:]
        var mostOfOne = 0
    }

    private let state = Mutex(State())

    /// What came, oldest first, also what was answered with a failure.
    var sent: [OutgoingReply] { state.withLock { $0.sent } }
    /// How many of the same reply were under way at once at most.
    var mostOfOne: Int { state.withLock { $0.mostOfOne } }

    /// Takes the next replies so, each once, then all.
    func next(_ outcomes: ReplyOutcome...) { state.withLock { $0.outcomes += outcomes } }

    func send(_ reply: OutgoingReply, at now: Timestamp) async -> ReplyOutcome {
        let outcome = state.withLock { state in
            state.sent.append(reply)
            state.underWay[reply.id, default: 0] += 1
            state.mostOfOne = max(state.mostOfOne, state.underWay[reply.id] ?? 0)
            return state.outcomes.isEmpty ? ReplyOutcome.sent(remoteID: "42") : state.outcomes.removeFirst()
        }
        for _ in 0..<10 { await Task.yield() }
        state.withLock { $0.underWay[reply.id, default: 1] -= 1 }
        return outcome
    }
}

/// A desk on a store of its own.
struct DeskSite {
    let directory: TemporaryDirectory
    let store: Store
    let questions: SQLiteQuestionStore
    let clock: SetClock
    let sender: FakeSender
    let metrics = EngineMetrics()

    init(_ directory: TemporaryDirectory? = nil, clock: SetClock = SetClock(noon), sender: FakeSender = FakeSender())
        throws
    {
        let directory = try directory ?? TemporaryDirectory()
        self.directory = directory
        store = try Store(directory: directory.path, clock: clock)
        questions = SQLiteQuestionStore(store: store)
        self.clock = clock
        self.sender = sender
    }

    func desk(wait: TimeSpan = .minutes(10), _ settings: AnswerSettings = AnswerSettings()) -> QuestionDesk {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return QuestionDesk(
            store: questions, sender: sender, plan: AnswerPlan(settings), wait: wait, clock: clock, metrics: metrics,
            logger: logger)
    }
}
