package import AuspexChanges
import AuspexRules
import AuspexSignals

/// The metrics of delivery.
extension OutcomeDesk {
    /// How long a deploy may take and still be counted where it ends, and how far after a span its repair is looked for.
    private static let margin = TimeSpan.hours(24 * 7)
    /// Changes that an answer takes into account.
    static let mostDelivered = 200_000
    /// Incidents that are looked up at a time.
    private static let incidentsAtOnce = 500

    /// The metrics of delivery.
    ///
    /// - Throws: ``EngineError/tooManyChanges(limit:)`` when the span has more changes than can be taken into account.
    package func delivery(_ question: DeliveryReport.Question) async throws -> DeliveryReport {
        let changes = try await stores.changes.changes(
            ChangeFilter(
                service: question.service, environment: question.environment, since: question.since - Self.margin,
                until: question.until + Self.margin, limit: Self.mostDelivered + 1))
        guard changes.count <= Self.mostDelivered else {
            throw EngineError.tooManyChanges(limit: Self.mostDelivered)
        }
        let outcomes = try await outcomes(of: changes)
        let disruptions = try await disruptions(Set(outcomes.values.flatMap { $0.incidents.map(\.incident) }))
        let graph = await pipeline.services
        let owners = Dictionary(
            graph.services.filter { !$0.owner.isEmpty }.map { ($0.name, $0.owner) }
        ) { one, _ in one }
        return DeliveryReport(
            question,
            changes.map { change in
                DeliveredChange(
                    change, harm: outcomes[change.id]?.harm ?? .open,
                    incidents: (outcomes[change.id]?.incidents ?? []).compactMap { disruptions[$0.incident] })
            }, owners: owners)
    }

    private func disruptions(_ incidents: Set<String>) async throws -> [String: DeliveredChange.Disruption] {
        var found: [String: DeliveredChange.Disruption] = [:]
        var rest = incidents.sorted()[...]
        while !rest.isEmpty {
            let ids = rest.prefix(Self.incidentsAtOnce)
            rest = rest.dropFirst(ids.count)
            let filter = IncidentFilter(ids: Set(ids), limit: Self.incidentsAtOnce)
            for incident in try await stores.incidents.incidents(matching: filter) {
                let disruption = DeliveredChange.Disruption(
                    startedAt: incident.startedAt, resolvedAt: incident.resolvedAt)
                for id in [incident.id] + incident.aliases { found[id] = disruption }
            }
        }
        return found
    }
}
