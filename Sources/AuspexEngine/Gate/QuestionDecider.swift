import AuspexChanges
import AuspexSignals

/// Who decides what the desk is asked.
protocol QuestionDecider: Sendable {
    /// Decides, and keeps the verdict under the question's id.
    @concurrent func decide(_ question: DeploymentQuestion) async throws -> Verdict

    /// Keeps under the question's id that nothing could be decided.
    ///
    /// - Parameter reason: What went wrong.
    @concurrent func undecided(_ question: DeploymentQuestion, because reason: String) async throws -> Verdict
}
