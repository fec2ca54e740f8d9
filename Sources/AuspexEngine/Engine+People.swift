package import AuspexRules
package import AuspexSignals
import AuspexStore

/// What people and other programs say of alerts, incidents and services.
extension Engine {
    /// The longest that whoever did something waits for what becomes of it.
    private static let longestWait = Duration.seconds(5)

    /// Does what a person wants to do to an incident.
    ///
    /// - Parameters:
    ///   - kind: What.
    ///   - id: The incident's identifier or one of its aliases.
    ///   - person: Who.
    /// - Returns: the incident as it stands then; nil when the act is accepted but it takes long until its turn comes.
    /// - Throws: `IncidentError` when it can't be done.
    package func perform(
        _ kind: IncidentAct.Kind, on id: String, by person: String
    ) async throws -> Incident? {
        let now = clock.now()
        let act = IncidentAct(
            id: ids.next(), incident: id, actor: person, at: await pipeline.moment(now: now), kind: kind)
        if let obstacle = await pipeline.obstacle(to: act) {
            guard case .unknownIncident(id) = obstacle, try await incident(id) != nil else { throw obstacle }
            throw IncidentError.notPossible("it was over too long ago to be changed")
        }
        let note = AuditLog.Note(
            kind: "incident.\(kind.name)",
            detail: .object(["incident": .string(id), "by": .string(person), "act": .string(act.id)]), at: now)
        let position = try await accept(.act(act), audit: note)
        guard await milestone.wait(for: position, atMost: Self.longestWait) else { return nil }
        guard let incident = await pipeline.incident(id), incident.history.contains(where: { $0.act == act.id }) else {
            throw IncidentError.notPossible("somebody else was faster; look at it again")
        }
        return incident
    }

    /// Makes a silence.
    ///
    /// - Parameters:
    ///   - matchers: Which alerts.
    ///   - startsAt: Its first moment; nil for now.
    ///   - endsAt: The first moment that does not belong to it any more.
    ///   - person: Who makes it.
    ///   - comment: Why.
    ///   - old: The silence that it takes the place of; nil for none.
    /// - Returns: the silence, and whether it is in force already; when not, it takes long until its turn comes.
    /// - Throws: `SilenceError` when it can't be made.
    package func silence(
        _ matchers: LabelMatchers, from startsAt: Timestamp? = nil, until endsAt: Timestamp, by person: String,
        comment: String, replacing old: String? = nil
    ) async throws -> (silence: Silence, isInForce: Bool) {
        // One that begins now begins with what is being worked in, be it from before.
        let silence = try Silence(
            id: ids.next(), matchers: matchers, startsAt: startsAt ?? Timestamp(milliseconds: 0), endsAt: endsAt,
            createdBy: person, comment: comment)
        let change = old.map { SilenceChange.edit($0, as: silence) } ?? .add(silence)
        let isInForce = try await apply(change, by: person)
        if let made = await pipeline.silence(silence.id) { return (made, isInForce) }
        // Since it was asked for it has become impossible, or has passed.
        if isInForce { throw await pipeline.obstacle(to: change, now: clock.now()) ?? .expired(silence.id) }
        return (silence, false)
    }

    /// Ends a silence early.
    ///
    /// - Returns: the silence, and whether it is over already; when not, it takes long until its turn comes.
    /// - Throws: `SilenceError` when there is none that is not over.
    package func expireSilence(_ id: String, by person: String) async throws -> (silence: Silence?, isOver: Bool) {
        try Silence.check(author: person, "by")
        let isOver = try await apply(.expire(id), by: person)
        return (await pipeline.silence(id), isOver)
    }

    private func apply(_ change: SilenceChange, by person: String) async throws -> Bool {
        let now = clock.now()
        if let obstacle = await pipeline.obstacle(to: change, now: now) { throw obstacle }
        let note = AuditLog.Note(kind: "silence.\(change.name)", detail: change.detail(by: person), at: now)
        let position = try await accept(.silence(change), audit: note)
        return await milestone.wait(for: position, atMost: Self.longestWait)
    }

    /// Takes in dependencies between services, or takes them back. When this returns they survive a crash.
    package func tell(_ links: [ServiceLink], withdrawn isWithdrawn: Bool = false) async throws {
        try await accept(.links(LinkReport(links: links, isWithdrawn: isWithdrawn, at: clock.now())))
    }

    /// Takes in alerts of another system. When this returns they survive a crash.
    package func receive(_ alerts: [ReceivedAlert], at now: Timestamp) async throws {
        try await accept(.alerts(AlertReport(alerts: alerts, at: now)))
        metrics.add(alerts.count, to: .outsideAlerts)
    }

    /// Takes in outcomes of health checks. When this returns they survive a crash.
    ///
    /// - Throws: ``EngineError/tooFarAhead(_:limit:)``, or ``EngineError/backlogFull(messages:bytes:)``.
    package func report(_ health: [HealthFact]) async throws {
        let limit = configuration.detection.mostAhead
        if let early = health.first(where: { $0.time > clock.now() + limit }) {
            throw EngineError.tooFarAhead(early.time, limit: limit)
        }
        try await accept(.health(health))
        metrics.add(health.count, to: .healthChecks)
    }

    // MARK: Questions

    /// Incidents, newest first.
    package func incidents(matching filter: IncidentFilter) async throws -> [Incident] {
        try await incidentStore.incidents(matching: filter)
    }

    /// The incident of this identifier, or that has it as an alias.
    package func incident(_ id: String) async throws -> Incident? {
        if let known = await pipeline.incident(id) { return known }
        let found = try await incidentStore.incidents(matching: IncidentFilter(ids: [id]))
        return found.first { $0.id == id } ?? found.first
    }

    /// The silences in order of their start, those that are over included.
    package func silences() async -> [Silence] { await pipeline.silences }

    /// What a silence with these matchers would do to the alerts that are pending or firing.
    package func preview(_ matchers: LabelMatchers) async -> SilencePreview { await pipeline.preview(matchers) }

    /// The services and what they depend on.
    package func services() async -> ServiceGraph { await pipeline.services }
}
