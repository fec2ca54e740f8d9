package import AuspexChanges
import AuspexSignals
import GRDB

/// Risk models in SQLite.
package struct SQLiteRiskModelStore: RiskModelStore {
    private let store: Store

    /// Creates the store of models on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func add(_ version: RiskModelVersion, _ model: RiskModel) async throws -> RiskModelVersion {
        try await store.write("storing a risk model of \(version.service)") { database in
            var version = version
            let last = try Int.fetchOne(
                database, sql: "SELECT max(version) FROM risk_model WHERE service = ?", arguments: [version.service])
            version.version = (last ?? 0) + 1
            if version.isInForce { try Self.retire(version.service, database) }
            try database.execute(
                sql: "INSERT INTO risk_model (service, version, in_force, report, model) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    version.service, version.version, version.isInForce, try version.jsonText(), try model.jsonText(),
                ])
            try database.execute(
                sql: "DELETE FROM risk_model WHERE service = ? AND version <= ? AND in_force = 0",
                arguments: [version.service, version.version - RiskModelVersion.kept])
            return version
        }
    }

    /// Takes the versions of a service out of force.
    private static func retire(_ service: String, _ database: Database) throws {
        for var old in try versions("WHERE service = ? AND in_force = 1", [service], database) {
            old.isInForce = false
            old.note = "not in force: a later version has taken its place"
            try database.execute(
                sql: "UPDATE risk_model SET in_force = 0, report = ? WHERE service = ? AND version = ?",
                arguments: [try old.jsonText(), service, old.version])
        }
    }

    package func update(_ model: RiskModel, service: String, version: Int) async throws {
        try await store.write("storing what the risk model of \(service) has learned") { database in
            try database.execute(
                sql: "UPDATE risk_model SET model = ? WHERE service = ? AND version = ?",
                arguments: [try model.jsonText(), service, version])
        }
    }

    package func versions(of service: String?) async throws -> [RiskModelVersion] {
        try await store.read("reading risk models") { database in
            try Self.versions(
                "WHERE ? IS NULL OR service = ? ORDER BY service, version DESC", [service, service], database)
        }
    }

    package func inForce(_ service: String) async throws -> (version: RiskModelVersion, model: RiskModel)? {
        try await store.read("reading the risk model of \(service)") { database in
            let sql = "SELECT report, model FROM risk_model WHERE service = ? AND in_force = 1"
            return try Row.fetchOne(database, sql: sql, arguments: [service]).map { row in
                (
                    try RiskModelVersion.fromJSON(row["report"], table: "risk_model", id: service),
                    try RiskModel.fromJSON(row["model"], table: "risk_model", id: service)
                )
            }
        }
    }

    private static func versions(
        _ condition: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [RiskModelVersion] {
        let sql = "SELECT service, report FROM risk_model \(condition)"
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            try RiskModelVersion.fromJSON(row["report"], table: "risk_model", id: row["service"])
        }
    }
}
