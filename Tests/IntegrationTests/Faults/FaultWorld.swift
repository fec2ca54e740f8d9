import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Synchronization

/// What is outside of an engine and outlives it: how often acts took effect, what is left of them for whoever looks
/// later, a clock, and people who are told things.
///
/// A class because all engines of a test share it.
final class FaultWorld: Sendable {
    private struct State {
        var acts: [String: Int] = [:]
        var begun: Set<OperationID> = []
        var revoked: Set<OperationID> = []
        var notices: [RunNotice] = []
        var unrecorded: [OperationID] = []
        var milliseconds: Int64 = 1_000_000
    }

    private let state = Mutex(State())
    /// Whether what became of a command is lost with the engine, as when its helper dies too.
    let forgets: Bool

    /// Where it must be written down that an act begins, before it does.
    private let journal: (any RunJournal)?

    init(forgets: Bool, journal: (any RunJournal)? = nil) {
        self.forgets = forgets
        self.journal = journal
    }

    /// The acts that began without their record.
    var unrecorded: [OperationID] { state.withLock { $0.unrecorded } }

    /// How often the step has taken effect.
    func acts(of run: String, at path: String) -> Int { state.withLock { $0.acts["\(run) \(path)"] ?? 0 } }

    var notices: [RunNotice] { state.withLock { $0.notices } }

    func hear(_ notice: RunNotice) { state.withLock { $0.notices.append(notice) } }

    func advance(_ span: TimeSpan) { state.withLock { $0.milliseconds += span.milliseconds } }

    private static let probe = "/probe"
    /// The answer to the first poll of a wait.
    private static let notYet = OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: #""no""#))
    private static let success = OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: #""ok""#))
}

extension FaultWorld: Performer {
    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        // An engine that is being stopped cannot read any more; what it begins then it had written down before.
        if let journal, let run = try? await journal.run(order.id.run) {
            let attempt = run.lastAttempt(at: order.id.path)
            if attempt?.state != .intent || attempt?.attempt != order.id.attempt {
                state.withLock { $0.unrecorded.append(order.id) }
            }
        }
        if case .run = order.operation { control.started(ProcessIdentity(pid: 1, startTicks: 1, bootID: "boot-1")) }
        let result = state.withLock { state -> OperationResult in
            guard !state.revoked.contains(order.id) else { return OperationResult(outcome: .failed, reason: "revoked") }
            if order.id.path.hasSuffix(Self.probe) {
                let step = "\(order.id.run) \(order.id.path.dropLast(Self.probe.count))"
                let answer = state.acts[step] == nil ? "no" : "yes"
                return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: answer))
            }
            state.begun.insert(order.id)
            state.acts["\(order.id.run) \(order.id.path)", default: 0] += 1
            return order.id.poll == 1 ? Self.notYet : Self.success
        }
        control.spoke()
        return result
    }

    /// As the real performers: what a request did nobody knows, and of a command its helper left word.
    func locate(_ order: OperationOrder) async -> Located {
        guard case .run = order.operation, order.effect != .read, !forgets else { return .unknown }
        return state.withLock { state in
            if state.begun.contains(order.id) { return .finished(Self.success) }
            state.revoked.insert(order.id)
            return .notStarted
        }
    }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        OperationResult(outcome: .unknown)
    }
}

extension FaultWorld: ObservationSource {
    func observe(_ verification: Verification, since: Timestamp) async throws -> Observation {
        let clear = Observation.AlertReading(state: .clear, evaluatedAt: now().wall)
        return Observation(alerts: verification.clearAlerts.map { _ in clear })
    }
}

extension FaultWorld: MomentSource, Sleeper {
    func now() -> Moment { RunSamples.moment(state.withLock { $0.milliseconds }) }

    /// Timers of waits and verifications, and pauses between attempts, are over at once; deadlines never come.
    func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
        switch purpose {
        case .timer(.poll), .journalRetry, .noticeRetry, .fleet:
            try Task.checkCancellation()
            advance(span)
        default:
            while true { try await Task.sleep(for: .seconds(3_600)) }
        }
    }
}
