package import AuspexChanges
package import AuspexRules
package import AuspexSignals
import AuspexStore
import Logging
import ServiceLifecycle

/// Follows how changes turn out: looks for whom incidents are to blame on, decides which changes did harm, and lets the
/// models learn from that.
package actor OutcomeDesk {
    /// Incidents that are looked at in one pass, the newest ones; the others' blame is not looked for.
    private static let mostIncidents = 500
    /// Changes that are decided in one pass, the oldest first; the others wait for the next.
    private static let mostChanges = 10_000
    /// So far back from the last look incidents are looked at again: reports come late.
    private static let overlap = TimeSpan.hours(1)
    /// How long a change may stay open before nobody looks at it again unless it is reported, on top of the time after which
    /// it is labelled.
    private static let patience = TimeSpan.hours(24 * 30)

    /// The models.
    package nonisolated let book: RiskBook

    let stores: Stores
    let pipeline: Pipeline
    let policy: OutcomePolicy
    nonisolated let clock: any WallClock
    private let metrics: EngineMetrics
    private let logger: Logger
    /// Up to when incidents have been looked at.
    private var lookedTo: Timestamp?
    /// A look through the incidents that there was not enough time for.
    private var round: Round?

    private struct Round {
        let startedAt: Timestamp
        /// The incidents that have been looked at.
        var seen: Set<String> = []
    }

    init(
        _ stores: Stores, pipeline: Pipeline, policy: OutcomePolicy, clock: any WallClock, metrics: EngineMetrics,
        logger: Logger
    ) {
        self.stores = stores
        self.pipeline = pipeline
        self.policy = policy
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        book = RiskBook(
            outcomes: stores.outcomes, models: stores.models, policy: policy, clock: clock, metrics: metrics,
            logger: logger)
    }

    // MARK: Working

    /// Looks through everything now and then, until the surrounding service group shuts down.
    ///
    /// - Parameter hasTime: Whether there is time for it; asked before each pass, incident and training.
    func run(while hasTime: @escaping @Sendable () -> Bool) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if hasTime() { await self.pass(while: hasTime) }
                // Nothing but the end of the service interrupts it.
                try? await Task.sleep(for: .milliseconds(self.policy.lookEvery.milliseconds))
            }
        }
    }

    /// One pass over incidents, changes and models. What fails is told of and tried again in the next.
    package func pass(while hasTime: @escaping @Sendable () -> Bool = { true }) async {
        do {
            try await look(while: hasTime)
            try await book.pass(while: hasTime)
        } catch is CancellationError {
            // The service ends.
        } catch {
            tell(of: error)
        }
    }

    private func tell(of error: any Error) {
        metrics.add(to: .outcomesFailed)
        logger.warning("outcomes of changes could not be looked through", metadata: ["reason": "\(error)"])
    }

    /// Looks at the incidents that something has become of, as far as there is time, and at the changes that are open.
    private func look(while hasTime: @Sendable () -> Bool) async throws {
        let now = clock.now()
        var round = round ?? Round(startedAt: now)
        let oldest = now - policy.labelAfter - IncidentFaults.lookback
        let since = (lookedTo ?? oldest) - Self.overlap
        let incidents = try await stores.incidents.incidents(
            matching: IncidentFilter(startedSince: oldest, limit: Self.mostIncidents))
        let graph = await pipeline.services
        var blames: [String: [String: Double]] = [:]
        var isDone = true
        for incident in incidents
        where max(incident.lastAlertAt, incident.resolvedAt ?? now) >= since && !round.seen.contains(incident.id) {
            try Task.checkCancellation()
            guard hasTime() else {
                isDone = false
                break
            }
            round.seen.insert(incident.id)
            let ranking = try await IncidentBlame.ranking(for: incident, stores: stores, graph: graph).ranking
            blames[incident.id] = Dictionary(ranking.blames.map { ($0.change.id, $0.share) }) { one, _ in one }
        }
        // One that was taken for harmless may be to blame after all.
        var changes = Set(blames.values.flatMap(\.keys))
        changes.formUnion(
            try await stores.outcomes.undecided(
                since: now - policy.labelAfter - Self.patience, limit: Self.mostChanges))
        try await decide(changes.sorted(), blames)
        if isDone { lookedTo = round.startedAt }
        self.round = isDone ? nil : round
    }

    /// Decides anew about a change of which something has become known. Should that fail, the next pass does it.
    func decide(_ id: String) async {
        do {
            try await decide([id], [:])
        } catch {
            tell(of: error)
        }
    }

    /// Decides about changes and keeps what is news.
    ///
    /// - Parameter blames: Of incidents that were looked at, the share of each change. What was found of others stays.
    private func decide(_ changes: [String], _ blames: [String: [String: Double]]) async throws {
        let (policy, now) = (policy, clock.now())
        let news = try await stores.outcomes.decide(changes) { change, known in
            var incidents = known?.incidents.filter { blames[$0.incident] == nil } ?? []
            for (incident, shares) in blames {
                if let share = shares[change.id] { incidents.append(BlamedIncident(incident: incident, share: share)) }
            }
            return policy.outcome(
                of: change, known: known, incidents: incidents, statement: known?.statement, now: now)
        }
        metrics.add(news.count { $0.after.harm != .open && $0.after.harm != $0.before?.harm }, to: .outcomes)
    }

    // MARK: People

    /// Keeps what a person says of a change, and puts it into the audit.
    ///
    /// - Throws: ``OutcomeError`` when there is no such change, or the person or the reason is no text that can be kept.
    package func state(
        _ isHarmful: Bool, of id: String, by person: String, reason: String
    ) async throws -> ChangeOutcome {
        try OutcomeError.check(person, reason)
        guard try await stores.changes.change(id: id) != nil else { throw OutcomeError.unknownChange(id) }
        let (policy, now) = (policy, clock.now())
        // First the audit: what was said must not count without being told.
        try await stores.audit.append(
            kind: "change.outcome", runID: nil,
            detail: .object([
                "change": .string(id), "harmful": .bool(isHarmful), "by": .string(person), "reason": .string(reason),
            ]), at: now)
        let statement = OutcomeStatement(isHarmful: isHarmful, by: person, reason: reason, at: now)
        _ = try await stores.outcomes.decide([id]) { change, known in
            policy.outcome(
                of: change, known: known, incidents: known?.incidents ?? [], statement: statement, now: now)
        }
        guard let outcome = try await stores.outcomes.outcomes(of: [id])[id] else {
            throw OutcomeError.unknownChange(id)
        }
        return outcome
    }

    // MARK: Questions

    /// Who is to blame for an incident.
    package func blame(for incident: Incident) async throws -> IncidentBlame {
        try await IncidentBlame(
            of: incident, stores: stores, graph: await pipeline.services, leastBlame: policy.leastBlame)
    }

    /// How a change turned out, with the change; nil when there is no such change.
    package func outcome(of id: String) async throws -> (change: Change, outcome: ChangeOutcome)? {
        guard let change = try await stores.changes.change(id: id) else { return nil }
        let known = try await stores.outcomes.outcomes(of: [id])[id]
        let outcome =
            known
            ?? policy.outcome(of: change, known: nil, incidents: [], statement: nil, now: clock.now())
        return (change, outcome)
    }

    /// How these changes turned out, as far as that was decided.
    package func outcomes(of changes: [Change]) async throws -> [String: ChangeOutcome] {
        try await stores.outcomes.outcomes(of: changes.map(\.id))
    }
}
