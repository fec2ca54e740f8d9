package import AuspexChanges
package import AuspexSignals
import GRDB

/// Changes and verdicts in SQLite.
package struct SQLiteChangeStore: ChangeStore {
    let store: Store

    /// Creates the store of changes on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func save(_ change: Change) async throws {
        try await store.write("storing change \(change.id)") { try Self.save(change, to: $0) }
    }

    /// Keeps a change within a transaction that is already open.
    static func save(_ change: Change, to database: Database) throws {
        let find = try database.cachedStatement(sql: "SELECT body FROM change WHERE id = ?")
        let known = try String.fetchOne(find, arguments: [change.id])
            .map { try Change.fromJSON($0, table: "change", id: change.id) }
        let merged = known?.merged(with: change) ?? change
        let put = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO change (id, service, environment, started_at, body) VALUES (?, ?, ?, ?, ?)")
        try put.execute(arguments: [
            merged.id, merged.service, merged.environment, merged.startedAt.milliseconds, try merged.jsonText(),
        ])
    }

    package func changes(_ filter: ChangeFilter) async throws -> [Change] {
        try await store.read("reading changes") { database in
            var query = Query()
            if let service = filter.service { query.require("service = ?", [service]) }
            if let environment = filter.environment { query.require("environment = ?", [environment]) }
            if let since = filter.since { query.require("started_at >= ?", [since.milliseconds]) }
            if let until = filter.until { query.require("started_at < ?", [until.milliseconds]) }
            return try Self.fetch(
                database, "\(query.condition) ORDER BY started_at DESC, id LIMIT ?",
                query.arguments + [max(0, filter.limit)])
        }
    }

    package func change(id: String) async throws -> Change? {
        try await store.read("reading change \(id)") { try Self.fetch($0, "WHERE id = ?", [id]).first }
    }

    package func save(_ verdict: Verdict) async throws { try await save(verdict, audit: nil, at: nil) }

    package func verdict(id: String) async throws -> Verdict? {
        try await store.read("reading verdict \(id)") { database in
            try Self.find(id, in: database)
        }
    }

    private static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Change] {
        let find = try database.cachedStatement(sql: "SELECT id, body FROM change \(condition)")
        return try Row.fetchAll(find, arguments: arguments).map { row in
            try Change.fromJSON(row["body"], table: "change", id: row["id"])
        }
    }
}
