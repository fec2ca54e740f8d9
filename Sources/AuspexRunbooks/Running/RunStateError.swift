/// Why a run cannot be driven.
package enum RunStateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stored plan does not have the stored hash.
    case planChanged(run: String)
    /// The stored record cannot be read.
    case unreadable(run: String)

    package var description: String {
        switch self {
        case .planChanged(let run):
            "run \(run): its stored plan has been altered since the run was made; cancel it and start a new one"
        case .unreadable(let run): "run \(run): its stored record cannot be read; cancel it and start a new one"
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
    /// The runbook names who may, and this is somebody else.
    case notAnApprover(String, approvers: [String])
    /// One person counts once.
    case alreadyApproved(String)
    /// The time for it is over.
    case expired

    package var description: String {
        switch self {
        case .notWaiting(let status): "the run is \(status.rawValue) and waits for no approval"
        case .otherPlan(let expected):
            "the approval is for another plan; look at the run's plan again and approve hash \(expected)"
        case .sameRequester(let person): "\(person) asked for this run and cannot approve it; another person must"
        case .notAnApprover(let person, let approvers):
            "\(person) may not approve this; the runbook names \(approvers.joined(separator: ", "))"
        case .alreadyApproved(let person): "\(person) has approved it already, and counts once; another person must"
        case .expired: "the time for the approval is over, which is a no"
        }
    }
}

/// Why a person's word about one step is refused.
package enum StepWordProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The plan has no such step.
    case unknownStep(String, known: [String])
    /// The step cannot be left out.
    case notSkippable(String, why: String)
    /// The step cannot be tried again.
    case notRepeatable(String, why: String)

    package var description: String {
        switch self {
        case .unknownStep(let path, let known):
            "the run has no step '\(path)'; give one of \(known.joined(separator: ", "))"
        case .notSkippable(let path, let why): "step \(path) cannot be skipped: \(why)"
        case .notRepeatable(let path, let why): "step \(path) cannot be tried again: \(why)"
        }
    }
}
