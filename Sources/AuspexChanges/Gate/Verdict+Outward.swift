/// What others are told.
extension Verdict {
    /// The decision as others are told it: a dry run stops nobody, and an inconclusive verdict passes where the policy says
    /// so.
    package var outward: Outcome {
        if dryRun { return .pass }
        return verdict == .inconclusive && policy.inconclusive == .pass ? .pass : verdict
    }

    /// Whether the deployment may go on. Inconclusive means no, unless the policy says otherwise.
    package var mayGoOn: Bool {
        switch outward {
        case .pass, .warn: true
        case .fail, .inconclusive: false
        }
    }
}
