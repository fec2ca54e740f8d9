import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals

/// Detectors that see all alerts clear or all firing, and these values.
struct Detectors: ObservationSource {
    var isCalm = true
    /// The newest values by the names that the runbook gives to its readings.
    var values: [String: Double] = [:]

    func observe(_ verification: Verification, since: Timestamp) async throws -> Observation {
        let now = SystemWallClock().now()
        let alert = Observation.AlertReading(state: isCalm ? .clear : .firing, evaluatedAt: now)
        var observation = Observation(alerts: verification.clearAlerts.map { _ in alert })
        for (name, value) in values {
            observation.readings[name] = [
                Observation.SeriesReading(labels: Labels([:]), reading: Reading(time: now, value: value))
            ]
        }
        return observation
    }
}

/// Waits for a moment where a run waits for seconds, and for ever where it waits for its time to run out.
struct ShortSleeper: Sleeper {
    func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
        switch purpose {
        case .timer(.poll), .fleet: try await Task.sleep(for: .milliseconds(10))
        case .journalRetry, .noticeRetry: break
        case .timer(.deadline), .timer(.approval), .tidying: try await Task.sleep(for: .seconds(3_600))
        }
    }
}

/// A journal that takes nothing any more from an engine that has died.
actor MortalJournal: RunJournalWrapper {
    /// What an engine is told that must not write any more, so that it does not try again.
    private static let refusal = RunJournalError.replaced("the engine has died")

    let inner = InMemoryRunJournal()
    private var isDead = false

    func die() { isDead = true }

    func revive() { isDead = false }

    func commit(_ commit: RunCommit) async throws {
        if isDead { throw Self.refusal }
        try await inner.commit(commit)
    }
}

/// Carries out what it is asked, but at the first attempt at one step the engine dies, before the act or after it, and
/// afterwards nobody knows which.
struct LosingPerformer: Performer {
    let inner: any Performer
    let journal: MortalJournal
    let loss: ShippedSite.Loss?

    private func isLost(_ order: OperationOrder) -> Bool {
        order.id.attempt == 1 && loss.map { order.id.path == $0.path } ?? false
    }

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard isLost(order), let loss else { return await inner.perform(order, control) }
        if loss.happened { _ = await inner.perform(order, control) }
        await journal.die()
        return OperationResult(outcome: .unknown, reason: "the engine died")
    }

    func locate(_ order: OperationOrder) async -> Located {
        isLost(order) ? .unknown : await inner.locate(order)
    }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await inner.attach(order, control)
    }
}
