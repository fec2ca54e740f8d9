package import AuspexSignals

/// What others are told.
extension Verdict {
    /// The decision as others are told it: neither a dry run nor a verdict that somebody has overridden stops anybody, and
    /// an inconclusive verdict passes where the policy says so.
    package var outward: Outcome {
        if dryRun || override != nil { return .pass }
        return verdict == .inconclusive && policy.inconclusive == .pass ? .pass : verdict
    }

    /// The verdict with the override of an earlier one of the same id: what is decided anew does not take back what somebody
    /// has decided. It holds no longer than the verdict that was overridden.
    ///
    /// - Parameters:
    ///   - earlier: The verdict that this one replaces.
    ///   - now: The time; nil when it is not known, then the override holds.
    package func keepingOverride(of earlier: Verdict, at now: Timestamp?) -> Verdict {
        guard override == nil, let kept = earlier.override, now ?? earlier.expiresAt <= earlier.expiresAt else {
            return self
        }
        var verdict = self
        verdict.override = kept
        verdict.expiresAt = min(expiresAt, earlier.expiresAt)
        return verdict
    }

    /// Whether the deployment may go on. Inconclusive means no, unless the policy says otherwise.
    package var mayGoOn: Bool {
        switch outward {
        case .pass, .warn: true
        case .fail, .inconclusive: false
        }
    }
}
