package import AuspexSignals

/// When nobody goes on with an open run unasked after a restart.
extension RunRecord {
    /// How much longer than its deadline a run may have rested before its plan counts as out of date.
    package static let longestRest = TimeSpan.hours(24)

    /// Why a person must decide before an engine goes on with the run; nil when it may go on by itself.
    ///
    /// A run that waits for people is in no doubt, since nothing happens in it without them, but for one that waits for an
    /// approval which may have been given in what a backup does not know.
    ///
    /// - Parameters:
    ///   - isRestored: Whether the journal was put back from a backup.
    ///   - now: The present.
    package func doubt(isRestored: Bool, now: Timestamp) -> String? {
        let isWaiting = status == .awaitingApproval || status == .planned && needsApproval
        guard mode != .shadow, isWaiting || [.planned, .running, .verifying].contains(status) else { return nil }
        if isRestored {
            return "the database was put back from a backup, and what this run did since then is not known"
        }
        guard !isWaiting else { return nil }
        let rest = now - updatedAt
        let limit = TimeSpan(milliseconds: plan.deadline.milliseconds + Self.longestRest.milliseconds)
        return rest > limit ? "nothing has happened in this run for \(rest), and its plan may be out of date" : nil
    }
}

extension RunState {
    /// The change by which a run that an engine has not taken up yet waits for a person's decision. One that nobody has
    /// approved is over: to go on with it would be more than the answer to a question.
    ///
    /// - Returns: nil when the run cannot be driven at all (``RunStateError``).
    package static func parking(_ record: RunRecord, because reason: String, now: Moment) -> RunCommit? {
        guard var state = try? RunState(record) else { return nil }
        let isApproved = record.status != .awaitingApproval && !(record.status == .planned && record.needsApproval)
        let actions =
            isApproved
            ? state.ask(reason + "; go on with it?", about: nil, now)
            : state.stop(.cancelled(reason: reason), now)
        guard case .commit(let commit)? = actions.first else { return nil }
        return commit
    }
}
