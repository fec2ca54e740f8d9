package import AuspexChanges
import AuspexSignals
import GRDB

/// What was measured of changes before they ran.
extension SQLiteOutcomeStore {
    /// Measured changes of one service at most; of more the oldest are removed.
    static let mostMeasured = 50_000
    /// Measured changes with the same beginning of their names that are looked through, the newest ones.
    private static let mostAlike = 100

    package func record(_ measured: MeasuredChange) async throws {
        try await store.write("storing measures of a change") { database in
            let (sha, version) = (VersionName(measured.sha), VersionName(measured.version))
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO measured_change
                        (service, environment, sha, version, measured_at, measures, background,
                        sha_name, sha_key, version_name, version_key)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    measured.service, measured.environment, measured.sha, measured.version,
                    measured.time.milliseconds, try measured.measures.jsonText(), try measured.background.jsonText(),
                    sha.text, sha.key, version.text, version.key,
                ])
            try database.execute(
                sql: """
                    DELETE FROM measured_change WHERE service = ? AND measured_at < (
                        SELECT measured_at FROM measured_change WHERE service = ?
                        ORDER BY measured_at DESC LIMIT 1 OFFSET ?)
                    """,
                arguments: [measured.service, measured.service, Self.mostMeasured - 1])
        }
    }

    package func measured(
        _ service: String, environment: String, names: [String]
    ) async throws -> MeasuredChange? {
        let keys = Set(names.map { VersionName($0).key }).subtracting([""]).sorted()
        guard !keys.isEmpty else { return nil }
        return try await store.read("reading measures of \(service)") { database in
            // Two statements' worth of one: an OR over two columns would use neither index.
            let marks = Query.marks(keys.count)
            let find = try database.cachedStatement(
                sql: """
                    SELECT * FROM measured_change WHERE service = ? AND sha_key IN (\(marks))
                    UNION SELECT * FROM measured_change WHERE service = ? AND version_key IN (\(marks))
                    ORDER BY measured_at DESC LIMIT ?
                    """)
            let rows = try Row.fetchAll(
                find, arguments: StatementArguments([service] + keys + [service] + keys) + [Self.mostAlike])
            let alike = try rows.map { try Self.measured($0) }.filter { $0.isNamed(oneOf: names) }
            return alike.first { $0.environment == environment }
                ?? alike.first { $0.environment.isEmpty || environment.isEmpty }
        }
    }

    private static func measured(_ row: Row) throws -> MeasuredChange {
        let service: String = row["service"]
        let background: String? = row["background"]
        return MeasuredChange(
            service: service, environment: row["environment"], sha: row["sha"], version: row["version"],
            measures: try ChangeMeasures.fromJSON(row["measures"], table: "measured_change", id: service),
            time: Timestamp(milliseconds: row["measured_at"]),
            background: try background.map {
                try MeasuredChange.Background.fromJSON($0, table: "measured_change", id: service)
            } ?? MeasuredChange.Background())
    }
}
