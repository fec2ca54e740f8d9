package import AuspexRules
import AuspexSignals
import GRDB

/// Incidents in SQLite. What they are looked up by besides their identifiers is kept as keys: services, listed alerts and
/// other identifiers.
package struct SQLiteIncidentStore: IncidentStore {
    private enum Key: String {
        case service, alert, alias
    }

    private let store: Store

    /// Creates the store of incidents on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func apply(_ updates: [IncidentUpdate]) async throws {
        guard !updates.isEmpty else { return }
        try await store.write("storing incidents") { database in
            for update in updates {
                switch update {
                case .changed(let incident): try Self.put(incident, database)
                case .absorbed(let id, let other):
                    try Self.remove(id, database)
                    try Self.put(.alias, id, of: other, database)
                }
            }
        }
    }

    private static func put(_ incident: Incident, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO incident (id, state, severity, started_at, body) VALUES (?, ?, ?, ?, ?)")
        try statement.execute(arguments: [
            incident.id, incident.state.rawValue, incident.severity.rank, incident.startedAt.milliseconds,
            try incident.jsonText(),
        ])
        // An alert may have been moved away; an incident that has become part of this one stays so.
        try database.cachedStatement(sql: "DELETE FROM incident_key WHERE incident = ? AND kind <> 'alias'")
            .execute(arguments: [incident.id])
        // It may have been part of another one and be one of its own again.
        try database.cachedStatement(sql: "DELETE FROM incident_key WHERE kind = 'alias' AND value = ?")
            .execute(arguments: [incident.id])
        for service in incident.services { try put(.service, service, of: incident.id, database) }
        for alert in incident.alerts { try put(.alert, alert.id, of: incident.id, database) }
        for alias in incident.aliases { try put(.alias, alias, of: incident.id, database) }
    }

    private static func put(_ key: Key, _ value: String, of incident: String, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO incident_key (kind, value, incident) VALUES (?, ?, ?)")
        try statement.execute(arguments: [key.rawValue, value, incident])
    }

    private static func remove(_ id: String, _ database: Database) throws {
        for sql in ["DELETE FROM incident WHERE id = ?", "DELETE FROM incident_key WHERE incident = ?"] {
            try database.cachedStatement(sql: sql).execute(arguments: [id])
        }
    }

    package func incidents(matching filter: IncidentFilter) async throws -> [Incident] {
        try await store.read("reading incidents") { database in
            var query = Query()
            if let ids = filter.ids {
                let ids = ids.sorted()
                let marks = Query.marks(ids.count)
                let aliased = "id IN (SELECT incident FROM incident_key WHERE kind = 'alias' AND value IN (\(marks)))"
                query.require("(id IN (\(marks)) OR \(aliased))", ids + ids)
            }
            if let states = filter.states {
                query.require("state IN (\(Query.marks(states.count)))", states.map(\.rawValue).sorted())
            }
            let keyed = "id IN (SELECT incident FROM incident_key WHERE kind = ? AND value = ?)"
            if let service = filter.service { query.require(keyed, [Key.service.rawValue, service]) }
            if let alert = filter.alert { query.require(keyed, [Key.alert.rawValue, alert]) }
            if let severity = filter.severity { query.require("severity >= ?", [severity.rank]) }
            if let since = filter.startedSince { query.require("started_at >= ?", [since.milliseconds]) }
            let sql = "SELECT id, body FROM incident \(query.condition) ORDER BY started_at DESC, id LIMIT ?"
            return try Row.fetchAll(database, sql: sql, arguments: query.arguments + [max(0, filter.limit)])
                .map { try Incident.fromJSON($0["body"], table: "incident", id: $0["id"]) }
        }
    }
}
