package import AuspexRules
import AuspexSignals
import GRDB

/// Alerts in SQLite.
package struct SQLiteAlertStore: AlertStore {
    private let store: Store

    /// Creates the store of alerts on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func upsert(_ alerts: [Alert]) async throws {
        guard !alerts.isEmpty else { return }
        try await store.write("storing alerts") { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO alert (id, rule, state, started_at, fired_at, body) VALUES (?, ?, ?, ?, ?, ?)
                    """)
            for alert in alerts {
                try statement.execute(arguments: [
                    alert.id, alert.rule, alert.state.rawValue, alert.startedAt.milliseconds,
                    alert.firedAt?.milliseconds, try alert.jsonText(),
                ])
            }
        }
    }

    package func alerts(matching filter: AlertFilter) async throws -> [Alert] {
        try await store.read("reading alerts") { database in
            var conditions: [String] = []
            var arguments = StatementArguments()
            if let ids = filter.ids {
                conditions.append("id IN (\(Self.marks(ids.count)))")
                arguments += StatementArguments(ids.sorted())
            }
            if let states = filter.states {
                conditions.append("state IN (\(Self.marks(states.count)))")
                arguments += StatementArguments(states.map(\.rawValue).sorted())
            }
            if let rule = filter.rule {
                conditions.append("rule = ?")
                arguments += [rule]
            }
            if filter.onlyFired { conditions.append("fired_at IS NOT NULL") }
            if let since = filter.startedSince {
                conditions.append("started_at >= ?")
                arguments += [since.milliseconds]
            }
            arguments += [max(0, filter.limit)]
            let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            let sql = "SELECT id, body FROM alert \(condition) ORDER BY started_at DESC, id LIMIT ?"
            return try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                try Alert.fromJSON(row["body"], table: "alert", id: row["id"])
            }
        }
    }

    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }
}
