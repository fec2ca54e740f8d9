package import AuspexChanges
package import AuspexSignals
import GRDB

/// Outcomes and measures of changes in SQLite.
package struct SQLiteOutcomeStore: OutcomeStore {
    /// Arguments of one statement at most.
    private static let mostArguments = 500
    /// Changes that are decided in one transaction, so that nobody else waits for long.
    private static let mostDecided = 200

    let store: Store

    /// Creates the store of outcomes on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func decide(
        _ changes: [String], _ decide: @escaping @Sendable (Change, ChangeOutcome?) -> ChangeOutcome
    ) async throws -> [(before: ChangeOutcome?, after: ChangeOutcome)] {
        var news: [(before: ChangeOutcome?, after: ChangeOutcome)] = []
        var rest = changes[...]
        while !rest.isEmpty {
            let ids = Array(rest.prefix(Self.mostDecided))
            rest = rest.dropFirst(ids.count)
            news += try await store.write("storing outcomes of changes") { database in
                try ids.compactMap { try Self.decide($0, decide, database) }
            }
        }
        return news
    }

    private static func decide(
        _ id: String, _ decide: (Change, ChangeOutcome?) -> ChangeOutcome, _ database: Database
    ) throws -> (before: ChangeOutcome?, after: ChangeOutcome)? {
        let row = try database.cachedStatement(
            sql: """
                SELECT c.body AS change, o.body AS outcome FROM change c
                LEFT JOIN change_outcome o ON o.change_id = c.id WHERE c.id = ?
                """)
        guard let found = try Row.fetchOne(row, arguments: [id]) else { return nil }
        let change = try Change.fromJSON(found["change"], table: "change", id: id)
        let known: String? = found["outcome"]
        let before = try known.map { try ChangeOutcome.fromJSON($0, table: "change_outcome", id: id) }
        let after = decide(change, before)
        guard after != before else {
            // The report may have learned what the outcome does not say.
            try rename(change, database)
            return nil
        }
        let name = VersionName(change.version)
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO change_outcome
                    (change_id, service, environment, version, version_name, version_key, started_at, harm,
                    decided_at, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, change.service, change.environment, change.version, name.text, name.key,
            change.startedAt.milliseconds, after.harm.rawValue, after.decidedAt.milliseconds, try after.jsonText(),
        ])
        return (before, after)
    }

    /// Brings what an outcome's row repeats of the change up to date.
    private static func rename(_ change: Change, _ database: Database) throws {
        let name = VersionName(change.version)
        let started = change.startedAt.milliseconds
        try database.cachedStatement(
            sql: """
                UPDATE change_outcome
                SET service = ?, environment = ?, version = ?, version_name = ?, version_key = ?, started_at = ?
                WHERE change_id = ? AND (service, environment, version, started_at) <> (?, ?, ?, ?)
                """
        ).execute(arguments: [
            change.service, change.environment, change.version, name.text, name.key, started, change.id,
            change.service, change.environment, change.version, started,
        ])
    }

    package func outcomes(of changes: [String]) async throws -> [String: ChangeOutcome] {
        try await store.read("reading outcomes of changes") { database in
            var found: [String: ChangeOutcome] = [:]
            var rest = changes[...]
            while !rest.isEmpty {
                let ids = Array(rest.prefix(Self.mostArguments))
                rest = rest.dropFirst(ids.count)
                let sql = "SELECT change_id, body FROM change_outcome WHERE change_id IN (\(Query.marks(ids.count)))"
                for row in try Row.fetchAll(database, sql: sql, arguments: StatementArguments(ids)) {
                    let id: String = row["change_id"]
                    found[id] = try ChangeOutcome.fromJSON(row["body"], table: "change_outcome", id: id)
                }
            }
            return found
        }
    }

    package func undecided(since: Timestamp, limit: Int) async throws -> [String] {
        try await store.read("reading undecided changes") { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT c.id FROM change c
                    LEFT JOIN change_outcome o ON o.change_id = c.id
                    WHERE c.started_at >= ? AND (o.harm IS NULL OR o.harm = 'open')
                    ORDER BY c.started_at, c.id LIMIT ?
                    """,
                arguments: [since.milliseconds, max(0, limit)])
        }
    }

    /// `VersionName.isSame` of an outcome's version and a measured change's sha or version.
    private static func isSame(_ column: String) -> String {
        let length = "min(length(o.version_name), length(\(column)_name))"
        return """
            (o.version_key = \(column)_key
                AND substr(o.version_name, 1, \(length)) = substr(\(column)_name, 1, \(length)))
            """
    }

    /// Measured changes with the outcome that all reports of them give; see ``AuspexChanges/OutcomeStore``.
    private static let labelled = """
        SELECT m.service AS service, m.measured_at AS measured_at, m.measures AS measures,
            m.sha AS sha, m.version AS version, m.environment AS environment,
            max(o.harm = 'harmful') AS harmful, max(o.decided_at) AS decided_at
        FROM measured_change m JOIN change_outcome o
            ON o.service = m.service AND o.version_key <> '' AND o.version_key IN (m.sha_key, m.version_key)
            AND (\(isSame("m.sha")) OR \(isSame("m.version")))
            AND (o.environment = m.environment OR o.environment = '' OR m.environment = '')
        WHERE m.measured_at <= ? AND (? IS NULL OR m.service = ?) AND (? IS NULL OR m.measured_at > ?)
        GROUP BY m.service, m.environment, m.sha, m.version
        HAVING max(o.harm = 'harmful') = 1 OR max(o.harm = 'open') = 0
        """

    package func tallies(until: Timestamp) async throws -> [OutcomeTally] {
        try await store.read("counting outcomes of changes") { database in
            let sql = """
                SELECT service, count(*) AS known, sum(harmful) AS harmful, max(decided_at) AS decided_at
                FROM (\(Self.labelled)) GROUP BY service ORDER BY service
                """
            let arguments: StatementArguments = [until.milliseconds, nil, nil, nil, nil]
            return try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                OutcomeTally(
                    service: row["service"], known: row["known"], harmful: row["harmful"],
                    lastDecision: Timestamp(milliseconds: row["decided_at"]))
            }
        }
    }

    package func learnable(
        _ service: String, after: Timestamp?, until: Timestamp, limit: Int
    ) async throws -> [LabelledChange] {
        try await store.read("reading outcomes of \(service)") { database in
            let sql = """
                \(Self.labelled) ORDER BY measured_at DESC, environment DESC, sha DESC, version DESC LIMIT ?
                """
            let arguments: StatementArguments = [
                until.milliseconds, service, service, after?.milliseconds, after?.milliseconds, max(0, limit),
            ]
            return try Row.fetchAll(database, sql: sql, arguments: arguments).reversed().map { row in
                LabelledChange(
                    time: Timestamp(milliseconds: row["measured_at"]),
                    measures: try ChangeMeasures.fromJSON(row["measures"], table: "measured_change", id: service),
                    isHarmful: row["harmful"])
            }
        }
    }
}
