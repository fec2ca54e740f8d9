package import AuspexChanges
import AuspexRules
import AuspexSignals

/// Who is to blame for an incident, and what that rests on. Computed when it is asked for and kept nowhere.
package struct IncidentBlame: Hashable, Sendable, Codable {
    /// The incident's identifier.
    package var incident: String
    /// How many faults it has.
    package var faults: Int
    /// How many earlier faults of the same kinds were looked at.
    package var earlierFaults: Int
    /// From this share on a change counts as the cause.
    package var leastBlame: Double
    /// The change that is to blame; nil when none is enough.
    package var culprit: String?
    /// The candidates, the likeliest first; at most ``mostListed``.
    package var changes: [Blame]
    /// The part of "none of these".
    package var none: Double

    /// Candidates that are listed.
    static let mostListed = 20
    /// Changes before an incident that are looked at, the newest ones.
    private static let mostChanges = 5_000
    /// Steps between services over which harm is looked for.
    private static let mostSteps = 3

    /// Works it out.
    init(
        of incident: Incident, stores: OutcomeDesk.Stores, graph: ServiceGraph, leastBlame: Double
    ) async throws {
        let (found, ranking) = try await Self.ranking(for: incident, stores: stores, graph: graph)
        self.incident = incident.id
        faults = found.ownCount
        earlierFaults = found.faults.count - found.ownCount
        self.leastBlame = leastBlame
        culprit = ranking.culprit(atLeast: leastBlame)?.change.id
        changes = Array(ranking.blames.prefix(Self.mostListed))
        none = ranking.none
    }

    /// All candidates of the three days before an incident, and the faults that they were ranked by.
    static func ranking(
        for incident: Incident, stores: OutcomeDesk.Stores, graph: ServiceGraph
    ) async throws -> (faults: IncidentFaults, ranking: BlameRanking) {
        let policy = BlamePolicy()
        let found = try await IncidentFaults(of: incident, from: stores.alerts, vetoWindow: policy.vetoWindow)
        let candidates = try await candidates(for: incident, stores.changes, graph)
        return (found, Attribution.rank(candidates, for: found.faults, policy: policy))
    }

    private static func candidates(
        for incident: Incident, _ store: any ChangeStore, _ graph: ServiceGraph
    ) async throws -> [BlameCandidate] {
        let oldest = incident.startedAt - IncidentFaults.lookback
        let changes = try await store.changes(
            ChangeFilter(
                // What came before the candidates tells how long each service had been left alone.
                since: oldest - IncidentFaults.lookback, until: incident.lastAlertAt + TimeSpan(milliseconds: 1),
                limit: mostChanges))
        let histories = Dictionary(grouping: changes) { [$0.service, $0.environment] }
            .mapValues { $0.map(\.startedAt).sorted() }
        var distances: [String: [String: Int]] = [:]
        for service in Set(changes.map(\.service)) { distances[service] = Self.distances(to: service, graph) }
        return changes.filter { $0.startedAt >= oldest }.map { change in
            let history = histories[[change.service, change.environment]] ?? []
            return BlameCandidate(
                change,
                places: change.environment.isEmpty ? [] : [Place(kind: "environment", name: change.environment)],
                distances: distances[change.service] ?? [:], previous: history.last { $0 < change.startedAt })
        }
    }

    private static func distances(to service: String, _ graph: ServiceGraph) -> [String: Int] {
        var distances = [service: 0]
        distances[graph.canonicalName(service)] = 0
        for reach in graph.downstream(of: service, depth: mostSteps) where distances[reach.service] == nil {
            distances[reach.service] = reach.distance
        }
        return distances
    }
}
