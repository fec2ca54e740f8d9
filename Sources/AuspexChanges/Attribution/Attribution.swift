import AuspexSignals

/// Says which of several changes is to blame for faults, by votes and vetoes (Li et al., "Gandalf: An Intelligent,
/// End-To-End Analytics Service for Safe Deployment", NSDI 2020).
///
/// Every fault votes for the changes before it and vetoes those after it. For each kind of fault (signature and service)
/// and each window w of ``BlamePolicy/windows`` P is the number of votes in it and B that of vetoes, and the change gets
/// Σ w · log((P − B + 1) / (B + 1)) over the windows with P > B. That is multiplied by the share of the faulty places that
/// had the change, by 0.3 for each step between the services, and by 2^(−age/8 h), age being that of the first fault.
/// The sum over the kinds is the score; a score over the sum of all scores and that of "none of these" is the share.
///
/// A fault before a change never raises its score, nor its share beside "none of these". The order of faults and of
/// candidates does not matter.
package enum Attribution {
    /// Ranks the candidates. O(candidates × faults).
    ///
    /// - Parameters:
    ///   - faults: The faults of the incident, and earlier ones with the same signatures, which are what vetoes come from.
    ///   - candidates: The changes; the same identifier twice counts once.
    package static func rank(
        _ candidates: [BlameCandidate], for faults: [Fault], policy: BlamePolicy = BlamePolicy()
    ) -> BlameRanking {
        let kinds = FaultKind.kinds(of: faults)
        let first = faults.map(\.time).max()
        let distinct = Dictionary(candidates.map { ($0.change.id, $0) }) { one, _ in one }
        var blames = distinct.values.map { candidate in
            let ballots = kinds.compactMap { kind in
                KindBallot(kind, on: candidate, policy).map { (kind: kind, ballot: $0) }
            }
            return Blame(
                change: candidate.change, share: 0, score: ballots.reduce(0) { $0 + $1.ballot.score },
                votes: ballots.reduce(0) { $0 + $1.ballot.ages.count },
                vetoes: ballots.reduce(0) { $0 + $1.ballot.vetoes },
                reasons: BlameWords.reasons(for: candidate, ballots, lastFault: first))
        }
        blames.sort(by: precedes)
        let total = blames.reduce(policy.rest) { $0 + $1.score }
        for index in blames.indices where total > 0 { blames[index].share = blames[index].score / total }
        return BlameRanking(blames: blames, none: max(0, 1 - blames.reduce(0) { $0 + $1.share }))
    }

    private static func precedes(_ one: Blame, _ other: Blame) -> Bool {
        if one.score != other.score { return one.score > other.score }
        if one.change.startedAt != other.change.startedAt { return one.change.startedAt > other.change.startedAt }
        return one.change.id < other.change.id
    }
}
