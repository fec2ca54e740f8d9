import AuspexSignals

/// Why a change is to blame or not, for people.
enum BlameWords {
    static func reasons(
        for candidate: BlameCandidate, _ ballots: [(kind: FaultKind, ballot: KindBallot)], lastFault: Timestamp?
    ) -> [String] {
        guard let lastFault, candidate.change.startedAt <= lastFault else {
            return ["it began after the last of the faults"]
        }
        guard let strongest = ballots.max(by: { $0.ballot.score < $1.ballot.score }) else {
            return ["no fault of a service that it can have harmed came after it"]
        }
        let ages = ballots.flatMap(\.ballot.ages)
        let vetoes = ballots.reduce(0) { $0 + $1.ballot.vetoes }
        var reasons = [votes(ages)]
        reasons.append(vetoes == 0 ? "none of the kind before it" : "\(faults(vetoes)) of the kind before it already")
        let (kind, ballot) = strongest
        if let spread = ballot.spread {
            reasons.append("\(percent(spread)) of the faulty places had it")
        }
        if ballot.distance > 0 {
            let steps = ballot.distance == 1 ? "1 step" : "\(ballot.distance) steps"
            reasons.append("\(kind.service) depends on \(candidate.change.service), \(steps)")
        }
        switch candidate.change.outcome {
        case .failure: reasons.append("it failed")
        case .rolledBack: reasons.append("it was rolled back")
        case .pending, .success: break
        }
        return reasons
    }

    private static func votes(_ ages: [TimeSpan]) -> String {
        let first = ages.min() ?? .zero
        let soon = ages.count { $0 <= .hours(1) }
        return "\(faults(ages.count)) after it, \(soon) of them within an hour, the first \(rounded(first)) after it"
    }

    private static func faults(_ count: Int) -> String { count == 1 ? "1 fault" : "\(count) faults" }

    private static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

    /// To the second: nobody cares for less.
    private static func rounded(_ span: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: span.milliseconds / 1_000 * 1_000)
    }
}
