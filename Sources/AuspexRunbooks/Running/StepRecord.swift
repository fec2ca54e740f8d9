package import AuspexSignals

/// Where one attempt at a step stands.
package enum StepState: String, Hashable, Sendable, Codable {
    /// Not begun.
    case planned
    /// Written down before the act; the act may or may not have happened.
    case intent
    /// Over, as it should be.
    case done
    /// Over, otherwise.
    case failed
    /// Ended because its time was over.
    case timedOut = "timed_out"
    /// Ended because the run was stopped.
    case cancelled
    /// Nobody knows whether it happened.
    case unknown
    /// Left out, by its condition or by a person's word.
    case skipped

    /// Whether nothing will change any more.
    package var isSettled: Bool { [.done, .failed, .timedOut, .cancelled, .skipped].contains(self) }
}

/// One attempt at a step.
package struct StepRecord: Hashable, Sendable, Codable {
    /// Where the step stands in the plan: `steps/restart`, `steps/restart/probe`, `steps/roll/2/drain`, `verify`,
    /// `on_failure/page`, `undo/steps/drain/enable`.
    package let path: String
    /// From 1.
    package let attempt: Int
    /// What repeating it does to the world.
    package let effect: Effect
    /// The key by which the other side can tell a repetition: the same for all attempts.
    package let idempotencyKey: String
    /// Where it stands.
    package internal(set) var state: StepState
    /// When it was written down that it would begin.
    package let intentAt: Moment
    /// When it ended.
    package internal(set) var endedAt: Timestamp?
    /// The process that carried it out.
    package internal(set) var process: ProcessIdentity?
    /// How it ended; outputs are excerpts.
    package internal(set) var result: OperationResult?
    /// How far a wait has come.
    package internal(set) var wait: WaitLoop?
    /// Since when a verification holds, by the times of the data that say so.
    package internal(set) var holdingSince: Timestamp?
    /// Who decided what became of it; nil when nobody had to.
    package internal(set) var decidedBy: String?
    /// Of a branch, which arm was taken: its number from 1, `else`, or `none`.
    package internal(set) var choice: String?
    /// What its expression took out of the result.
    package internal(set) var out: JSONValue?
    /// The end of a pause, of the time for an approval or of another runbook's time, or when a step that failed is tried
    /// again.
    package internal(set) var timer: Deadline?
    /// Who has approved, in order.
    package internal(set) var approvals: [Approval]?
    /// Who took the run up again after this attempt had ended it.
    package internal(set) var takenUpBy: String?
    /// For how long people made the run wait meanwhile; nil for not at all.
    package internal(set) var stoodStill: TimeSpan?
    /// Whether it is known that it had no effect: it was left out, or never began.
    package internal(set) var neverBegan: Bool?
    /// Whether its act has to wait before it may begin, for people, for a place in a fleet or for locks, so that nothing of it
    /// is done yet; nil for not.
    package internal(set) var isHeldUp: Bool?

    /// Whether nothing will change any more, and no further attempt follows.
    package var isSettled: Bool { state.isSettled && takenUpBy == nil && !isToBeRepeated }
    /// Whether it failed and is tried again by itself.
    var isToBeRepeated: Bool { state == .failed && timer != nil }
    /// Whether it may have had an effect.
    var mayHaveHappened: Bool { isHeldUp != true && neverBegan != true && result?.neverBegan != true }
}

/// A person's yes.
package struct Approval: Hashable, Sendable, Codable {
    /// Who.
    package var by: String
    /// When.
    package var at: Timestamp
}

/// A process, told apart from a later one that was given the same number.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    /// The process id.
    package var pid: Int32
    /// When it was started, in clock ticks since boot (field 22 of `/proc/PID/stat`).
    package var startTicks: UInt64
    /// The boot during which it was started.
    package var bootID: String

    /// Creates an identity.
    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.bootID = bootID
    }
}
