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
            var query = Query()
            if let ids = filter.ids { query.require("id IN (\(Query.marks(ids.count)))", ids.sorted()) }
            if let states = filter.states {
                query.require("state IN (\(Query.marks(states.count)))", states.map(\.rawValue).sorted())
            }
            if let rule = filter.rule { query.require("rule = ?", [rule]) }
            if filter.onlyFired { query.require("fired_at IS NOT NULL") }
            if let since = filter.startedSince { query.require("started_at >= ?", [since.milliseconds]) }
            if let until = filter.startedUntil { query.require("started_at < ?", [until.milliseconds]) }
            if let since = filter.firedSince { query.require("fired_at >= ?", [since.milliseconds]) }
            if let since = filter.resolvedSince {
                query.require("json_extract(body, '$.resolvedAt') >= ?", [since.milliseconds])
            }
            let sql = "SELECT id, body FROM alert \(query.condition) ORDER BY started_at DESC, id"
            let rows = try Row.fetchCursor(database, sql: sql, arguments: query.arguments)
            var alerts: [Alert] = []
            // What labels and severity say is in the body.
            while alerts.count < filter.limit, let row = try rows.next() {
                let alert = try Alert.fromJSON(row["body"], table: "alert", id: row["id"])
                if filter.matches(alert) { alerts.append(alert) }
            }
            return alerts
        }
    }
}
