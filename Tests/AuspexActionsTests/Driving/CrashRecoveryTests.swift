import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Synchronization
import Testing

/// The engine dies at every point at which it can, for every effect, and another goes on with its journal.
@Suite(.timeLimit(.minutes(1))) struct CrashRecoveryTests {
    /// The outside world: how often the act happened, and what is left of it for whoever looks after a crash.
    private final class World: Performer {
        private let acts = Mutex<[OperationID]>([])
        /// Whether a crash loses the result, as when the helper is killed too.
        let forgets: Bool

        init(forgets: Bool) { self.forgets = forgets }

        var actCount: Int { acts.withLock { $0.count { !$0.path.hasSuffix("probe") } } }

        func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            control.started(ProcessIdentity(pid: 1, startTicks: 1, bootID: "boot-1"))
            if order.id.path.hasSuffix("probe") {
                let happened = acts.withLock { !$0.isEmpty }
                return OperationResult(
                    outcome: .succeeded, status: 0, output: CapturedText(head: happened ? "yes" : "no"))
            }
            acts.withLock { $0.append(order.id) }
            return OperationResult(outcome: .succeeded, status: 0)
        }

        func locate(_ order: OperationOrder) async -> Located {
            let happened = acts.withLock { $0.contains(order.id) }
            if forgets { return .unknown }
            return happened ? .finished(OperationResult(outcome: .succeeded, status: 0)) : .notStarted
        }

        func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            OperationResult(outcome: .unknown)
        }
    }

    private struct Calm: ObservationSource {
        func observe(_ verification: Verification, since: Timestamp) async throws -> Observation {
            let now = SystemWallClock().now()
            return Observation(
                alerts: verification.clearAlerts.map { _ in .init(state: .clear, evaluatedAt: now) })
        }
    }

    private struct Silence: NoticeSink {
        func tell(_ notice: RunNotice) async {}
    }

    /// Timers wait; nothing here depends on one going off.
    private struct Stopped: Sleeper {
        func sleep(_ span: TimeSpan, for purpose: SleepPurpose) async throws {
            guard span > .zero else { return }
            try await Task.sleep(for: .seconds(3_600))
        }
    }

    private struct Died: Error {}

    private static let cases: [(point: CrashPoint, effect: Effect, forgets: Bool)] = CrashPoint.allCases.flatMap {
        point in
        Effect.allCases.flatMap { effect in [false, true].map { (point, effect, $0) } }
    }

    @Test("nothing runs twice, nothing is lost, nothing is stuck", arguments: cases.indices)
    func survives(index: Int) async throws {
        let (point, effect, forgets) = Self.cases[index]
        let probe = Plan.Probe(
            operation: .run(Command(argv: ["/usr/bin/probe"])), saysDone: "stdout == \"yes\"")
        let plan = RunSamples.plan(steps: [RunSamples.step("act", effect: effect, probe: effect == .once ? probe : nil)]
        )
        for count in 1...3 {
            let journal = InMemoryRunJournal()
            let world = World(forgets: forgets)
            var record = RunSamples.record(id: "r1", plan: plan, createdAt: SystemWallClock().now())
            _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
            let crash = CrashPlan(point, count: count) { throw Died() }
            var isRecovery = false
            for _ in 0..<4 where record.isOpen {
                let driver = RunDriver(
                    .init(
                        journal: journal, performer: world, observations: Calm(), notices: Silence(),
                        moments: SystemMomentSource(), sleeper: Stopped(), crashes: isRecovery ? .never : crash))
                do {
                    record = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: isRecovery)
                } catch is Died {
                    let stored = await journal.run("r1")
                    record = try #require(stored)
                }
                isRecovery = true
            }
            let name = "\(point.rawValue):\(count), \(effect.rawValue), forgets: \(forgets)"
            #expect(record.status == .verified, "\(name) ended \(record.status.rawValue)")
            if effect == .once { #expect(world.actCount == 1, "\(name): \(world.actCount) acts") }
            #expect(world.actCount >= 1, "\(name)")
        }
    }
}
