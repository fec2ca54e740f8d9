package import AuspexSignals

/// When nobody goes on with an open run unasked after a restart.
extension RunRecord {
    /// How much longer than its deadline a run may have rested before its plan counts as out of date.
    package static let longestRest = TimeSpan.hours(24)

    /// Why a person must decide before an engine goes on with the run; nil when it may go on by itself.
    ///
    /// A run that waits for people is in no doubt: nothing happens in it without them.
    ///
    /// - Parameters:
    ///   - isRestored: Whether the journal was put back from a backup.
    ///   - now: The present.
    package func doubt(isRestored: Bool, now: Timestamp) -> String? {
        switch status {
        case .running, .verifying: break
        case .planned where mode != .shadow && !needsApproval: break
        default: return nil
        }
        if isRestored {
            return "the database was put back from a backup, and what this run did since then is not known"
        }
        let rest = now - updatedAt
        let limit = TimeSpan(milliseconds: plan.deadline.milliseconds + Self.longestRest.milliseconds)
        return rest > limit ? "nothing has happened in this run for \(rest), and its plan may be out of date" : nil
    }
}

extension RunState {
    /// The change by which a run that an engine has not taken up yet waits for a person's decision.
    ///
    /// - Returns: nil when the run cannot be driven at all (``RunStateError``).
    package static func parking(_ record: RunRecord, because reason: String, now: Moment) -> RunCommit? {
        guard var state = try? RunState(record) else { return nil }
        guard case .commit(let commit)? = state.ask(reason + "; go on with it?", about: nil, now).first else {
            return nil
        }
        return commit
    }
}
