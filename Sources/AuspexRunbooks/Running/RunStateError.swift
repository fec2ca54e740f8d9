/// Why a run cannot be driven.
package enum RunStateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stored plan does not have the stored hash.
    case planChanged(run: String)

    package var description: String {
        switch self {
        case .planChanged(let run):
            "run \(run): its stored plan has been altered since the run was made; cancel it and start a new one"
        }
    }
}

/// Why an approval is refused.
package enum ApprovalProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The run does not wait for one.
    case notWaiting(RunStatus)
    /// It was given for another plan.
    case otherPlan(expected: String)
    /// Whoever asked for the run may not approve it.
    case sameRequester(String)

    package var description: String {
        switch self {
        case .notWaiting(let status): "the run is \(status.rawValue) and waits for no approval"
        case .otherPlan(let expected):
            "the approval is for another plan; look at the run's plan again and approve hash \(expected)"
        case .sameRequester(let person): "\(person) asked for this run and cannot approve it; another person must"
        }
    }
}
