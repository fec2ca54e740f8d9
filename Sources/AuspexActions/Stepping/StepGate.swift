package import AuspexRunbooks

/// A person, or a script in a person's place, who lets each act of a run happen.
package protocol StepGate: Sendable {
    /// Asked before an act. What the act would be is shown with its secrets masked.
    ///
    /// - Parameter words: The answers that are possible here.
    func mayBegin(_ act: SteppedAct, words: [StepWord]) async -> StepWord

    /// Asked when an act has failed.
    ///
    /// - Parameter words: The answers that are possible here.
    func hasFailed(_ act: SteppedAct, _ result: OperationResult, words: [StepWord]) async -> StepWord

    /// A question about this act, whether it is open or still to come, needs no answer any more: the run is stopped. It is
    /// answered with ``StepWord/abort`` at once.
    func withdraw(_ act: SteppedAct)
}

/// What a person says at a ``StepGate``.
package enum StepWord: String, Hashable, Sendable, CaseIterable {
    /// Do it.
    case step
    /// Leave it out and go on.
    case skip
    /// It has failed: do it again, under the same idempotency key.
    case retry
    /// It has failed: go on as the runbook says for a failure.
    case proceed
    /// Stop the run; what its runbook says for the end is still done.
    case abort
}

/// An act that a person is asked about.
package struct SteppedAct: Hashable, Sendable {
    /// The run's id.
    package var run: String
    /// The step's path.
    package var path: String
    /// What would be done, in a line, secrets masked.
    package var summary: String
    /// What repeating it does to the world.
    package var effect: Effect
    /// Whether it is a wait's first poll; the others are not asked about.
    package var isWait: Bool

    /// Describes an act.
    package init(run: String, path: String, summary: String, effect: Effect, isWait: Bool) {
        self.run = run
        self.path = path
        self.summary = summary
        self.effect = effect
        self.isWait = isWait
    }

    /// The sections of a runbook that follow an ending.
    private static let endings: Set<Substring> = ["on_failure", "on_cancel", "undo", "always"]

    /// Whether it is part of what a run does at its end, also when it was stopped.
    package var belongsToEnd: Bool { path.split(separator: "/").first.map(Self.endings.contains) ?? false }
}
