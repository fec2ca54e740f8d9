package import AuspexChanges
import AuspexRules
import AuspexSignals

/// Watching services after changes.
extension Pipeline {
    /// How much longer silence is waited for by the wall clock than by the clock of events: while events come, only they
    /// decide when a minute is over, so that a restart changes nothing.
    private static let silence = TimeSpan.minutes(1)

    /// The name of the health check under which rules hear of a verdict.
    package static let deployCheck = "deploy"

    /// Shows the watches the minutes that events have passed.
    func advanceWatches(now: Timestamp) -> [RuleEvent] {
        guard let newest = clock.newest else { return [] }
        return tell(watches.advance(to: newest, detection, incidents.graph), now: now)
    }

    /// Shows the watches the minutes that have passed without any event.
    func advanceSilentWatches(now: Timestamp) -> [RuleEvent] {
        guard let running = clock.horizon(wall: now, lateness: Self.silence) else { return [] }
        return tell(watches.advance(to: running, detection, incidents.graph), now: now)
    }

    /// Takes a report of a change.
    func watch(_ change: Change, now: Timestamp) -> [RuleEvent] {
        let refused = watches.refused
        let ended = watches.take(change, now: clock.newest ?? change.startedAt, incidents.graph)
        metrics.add(watches.refused - refused, to: .watchesRefused)
        return tell(ended, now: now) + withdraw(change, now: now)
    }

    /// Tells the rules that a verdict counts no more because its change was undone.
    private func withdraw(_ change: Change, now: Timestamp) -> [RuleEvent] {
        guard change.outcome == .failure || change.outcome == .rolledBack,
            let judgement = watches.changes[change.id]?.judgement,
            var fact = judgement.fact(named: Self.deployCheck)
        else { return [] }
        fact.status = .unknown
        fact.message = "change \(change.id) was undone"
        fact.time = max(fact.time, change.endedAt ?? change.startedAt)
        return handle(.health(fact), now: now)
    }

    /// Tells the rules what has become of changes.
    private func tell(_ judgements: [ChangeJudgement], now: Timestamp) -> [RuleEvent] {
        metrics.set(.watches, to: Double(watches.running))
        var events: [RuleEvent] = []
        for judgement in judgements {
            metrics.add(to: EngineMetrics.Counter(judgement.verdict))
            if let fact = judgement.fact(named: Self.deployCheck) { events += handle(.health(fact), now: now) }
        }
        return events
    }

    /// What became of a service after a change; nil when it was not watched, or is forgotten.
    package func judgement(ofChange id: String) -> ChangeJudgement? { watches.changes[id]?.judgement }
}

extension ChangeJudgement {
    /// What rules hear of it; nothing of one that nobody can know.
    func fact(named check: String) -> HealthFact? {
        let status: HealthFact.Status
        switch verdict {
        case .pass: status = .healthy
        case .warn: status = .degraded
        case .fail: status = .unhealthy
        case .inconclusive: return nil
        }
        var labels = ["service": service]
        if !environment.isEmpty { labels["environment"] = environment }
        let reason = report?.reasons.first ?? ""
        let what = version.isEmpty ? "change \(change)" : "change \(change) to \(version)"
        return HealthFact(
            labels: Labels(labels), check: check, status: status, message: "\(what): \(reason)", time: to)
    }
}

extension EngineMetrics.Counter {
    /// What counts watches with this verdict.
    init(_ verdict: Verdict.Outcome) {
        switch verdict {
        case .pass: self = .watchesPassed
        case .warn: self = .watchesWarned
        case .fail: self = .watchesFailed
        case .inconclusive: self = .watchesInconclusive
        }
    }
}
