package import AuspexSignals

/// When a change counts as harmful or harmless, and how often is learned from that. Every member has a default.
package struct OutcomePolicy: Hashable, Sendable {
    /// From this part in the blame for an incident on, a change is harmful. Default 0.4: in simulated incidents four in five
    /// changes that reached it were the cause, and seven in ten causes reached it.
    package var leastBlame = 0.4
    /// A change of which nothing bad is known for so long after its end is harmless.
    package var labelAfter = TimeSpan.hours(7 * 24)
    /// The shortest time between two trainings of one service's model.
    package var trainEvery = TimeSpan.hours(24)
    /// How often incidents and changes are looked through.
    package var lookEvery = TimeSpan.minutes(10)

    /// How long after it was measured a change may end and still be known to be harmless when it is learned from: it has
    /// to be approved and rolled out.
    private static let longestDeploy = TimeSpan.hours(48)

    /// Changes that were measured then or before are learned from at `now`. Of later ones the harmful are known and the
    /// harmless are not.
    package func learnableTo(at now: Timestamp) -> Timestamp { now - labelAfter - Self.longestDeploy }

    /// Creates the standard policy.
    package init() {}

    /// Decides how a change turned out.
    ///
    /// What a person said wins. Else one that failed or was rolled back is harmful, and so is one that is enough to blame
    /// for an incident. Else one that was carried out is harmless once ``labelAfter`` has passed since its end, without an
    /// end since its start; before that, and as long as nobody says that it was carried out, it is open.
    ///
    /// - Parameters:
    ///   - change: The change as it is known now.
    ///   - known: What was decided before; nil for nothing.
    ///   - incidents: All incidents with its part in their blame, however small.
    ///   - statement: What a person said of it.
    ///   - now: The time of the decision.
    package func outcome(
        of change: Change, known: ChangeOutcome?, incidents: [BlamedIncident], statement: OutcomeStatement?,
        now: Timestamp
    ) -> ChangeOutcome {
        let blamed = incidents.filter { $0.share >= leastBlame }.sorted { $0.incident < $1.incident }
        var (harm, reasons) = decide(change, blamed, statement, now)
        let isSame = known?.harm == harm
        if let known, known.harm == .harmless, harm == .harmful {
            reasons.append("it had been taken for harmless since \(known.decidedAt.iso8601)")
        }
        if isSame, harm == .harmful, let late = known?.reasons.last(where: { $0.hasPrefix("it had been taken") }) {
            reasons.append(late)
        }
        return ChangeOutcome(
            change: change.id, harm: harm, reasons: reasons, decidedAt: isSame ? known?.decidedAt ?? now : now,
            incidents: blamed, statement: statement)
    }

    private func decide(
        _ change: Change, _ blamed: [BlamedIncident], _ statement: OutcomeStatement?, _ now: Timestamp
    ) -> (ChangeOutcome.Harm, [String]) {
        if let statement {
            let reason = statement.reason.isEmpty ? "" : ": \(statement.reason)"
            return (statement.isHarmful ? .harmful : .harmless, ["\(statement.by) said so\(reason)"])
        }
        var reasons: [String] = []
        if change.outcome == .failure { reasons.append("it failed") }
        if change.outcome == .rolledBack { reasons.append("it was rolled back") }
        reasons += blamed.map { "\(Int((100 * $0.share).rounded())) % of the blame for incident \($0.incident)" }
        if !reasons.isEmpty { return (.harmful, reasons) }
        guard change.outcome == .success else { return (.open, ["nobody has said that it was carried out"]) }
        let settled = (change.endedAt ?? change.startedAt) + labelAfter
        if now >= settled { return (.harmless, ["nothing bad is known of it after \(labelAfter)"]) }
        return (.open, ["nothing bad is known of it; it counts as harmless from \(settled.iso8601) on"])
    }
}
