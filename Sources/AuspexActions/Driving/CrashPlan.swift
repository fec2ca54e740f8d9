import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The places at which a test can make the engine die, to see that nothing is lost or done twice.
package enum CrashPoint: String, Hashable, Sendable, CaseIterable {
    /// Before the journal is asked to store a new run.
    case beforeRunInsert = "before-run-insert"
    /// After it has.
    case afterRunInsert = "after-run-insert"
    /// Before the journal is asked to store that an act is about to begin.
    case beforeIntentCommit = "before-intent-commit"
    /// After it has.
    case afterIntentCommit = "after-intent-commit"
    /// Before the journal is asked to store that an act has to wait before it may begin, or need not any more.
    case beforeGateCommit = "before-gate-commit"
    /// After it has.
    case afterGateCommit = "after-gate-commit"
    /// Before the act is handed to whoever carries it out.
    case beforeSpawn = "before-spawn"
    /// After a process was started for the act.
    case afterSpawn = "after-spawn"
    /// After the command has written something, or the other side has begun to answer.
    case afterFirstOutput = "after-first-output"
    /// When it is known how the act ended, and the journal does not have it yet.
    case afterExit = "after-exit"
    /// Before the journal is asked to store how the act ended.
    case beforeResultCommit = "before-result-commit"
    /// After it has.
    case afterResultCommit = "after-result-commit"
    /// Before the journal is asked to store any other change of the run.
    case beforeStateCommit = "before-state-commit"
    /// After it has.
    case afterStateCommit = "after-state-commit"
    /// Before the run's locks are asked for.
    case beforeLocks = "before-locks"
    /// After they were given.
    case afterLocks = "after-locks"
    /// Before they are given back.
    case beforeLockRelease = "before-lock-release"
    /// After they were.
    case afterLockRelease = "after-lock-release"
    /// Before a timer is set.
    case beforeTimer = "before-timer"
    /// When a timer went off.
    case afterTimer = "after-timer"
    /// Before the detectors are asked.
    case beforeObservation = "before-observation"
    /// Before a notice is put among those that wait to be sent.
    case beforeNotice = "before-notice"
    /// Before a notice is sent to people.
    case beforeSend = "before-send"
    /// After it has arrived.
    case afterSend = "after-send"
    /// Before an approval, which nothing speaks against, is handed to its run.
    case beforeApproval = "before-approval"
    /// After the run follows it, and before the person is told so.
    case afterApproval = "after-approval"
    /// Before the audit is asked to store what no change of a run goes with.
    case beforeAudit = "before-audit"
    /// After it has.
    case afterAudit = "after-audit"
    /// Before the runs are looked up that an earlier engine left open.
    case beforeRecovery = "before-recovery"
    /// After it is known what became of an act of an earlier engine.
    case afterLocate = "after-locate"
}

/// When to die. Without one, or outside tests, never.
///
/// A class, because all runs count towards the same point.
package final class CrashPlan: Sendable {
    /// The variable of the environment that holds a plan as `POINT:N`: die when POINT is reached for the Nth time.
    package static let variable = "AUSPEX_CRASH_AT"
    /// The exit status of a process that SIGKILL ended, as shells report it.
    private static let killedStatus: Int32 = 137

    private let target: (point: CrashPoint, count: Int)?
    private let die: @Sendable () throws -> Void
    private let reached = Mutex(0)

    /// Never dies.
    package static let never = CrashPlan(target: nil, die: {})

    /// Dies when `point` is reached for the `count`-th time.
    ///
    /// - Parameter die: What dying is: throwing, in tests that go on in the same process.
    package convenience init(_ point: CrashPoint, count: Int = 1, die: @escaping @Sendable () throws -> Void) {
        self.init(target: (point, count), die: die)
    }

    private init(target: (CrashPoint, Int)?, die: @escaping @Sendable () throws -> Void) {
        self.target = target.map { (point: $0.0, count: $0.1) }
        self.die = die
    }

    /// The plan in ``variable``, by which the process ends at once and without any cleaning up, as by SIGKILL.
    ///
    /// - Parameters:
    ///   - text: The variable's value.
    ///   - isAllowed: Whether the configuration allows it (`actions.allow_fault_points`); else the variable is ignored.
    /// - Throws: ``CrashPlanError`` when the text is no plan.
    package static func environment(_ text: String?, isAllowed: Bool) throws(CrashPlanError) -> CrashPlan {
        guard isAllowed, let text else { return .never }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let point = parts.first.flatMap({ CrashPoint(rawValue: String($0)) }),
            let count = parts.count == 1 ? 1 : Int(parts[1]), parts.count <= 2, count > 0
        else { throw CrashPlanError(text: text) }
        return CrashPlan(point, count: count) { _exit(killedStatus) }
    }

    /// Passes `point`; dies if the plan says so.
    func pass(_ point: CrashPoint) throws {
        guard let target, target.point == point else { return }
        let count = reached.withLock { count in
            count += 1
            return count
        }
        if count == target.count { try die() }
    }
}

/// Why a text is no crash plan.
package struct CrashPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    package let text: String

    package var description: String {
        let points = CrashPoint.allCases.map(\.rawValue).joined(separator: ", ")
        return "\(CrashPlan.variable)=\(text): give POINT:N with N from 1 and POINT one of \(points)"
    }
}
