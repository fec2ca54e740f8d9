import AuspexChanges
import GRDB

extension Schema {
    /// Gives outcomes and measured changes the names by which their versions are compared.
    static func addVersionNames(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE change_outcome ADD COLUMN version_name TEXT NOT NULL DEFAULT '';
                ALTER TABLE change_outcome ADD COLUMN version_key TEXT NOT NULL DEFAULT '';
                ALTER TABLE measured_change ADD COLUMN background TEXT;
                ALTER TABLE measured_change ADD COLUMN sha_name TEXT NOT NULL DEFAULT '';
                ALTER TABLE measured_change ADD COLUMN sha_key TEXT NOT NULL DEFAULT '';
                ALTER TABLE measured_change ADD COLUMN version_name TEXT NOT NULL DEFAULT '';
                ALTER TABLE measured_change ADD COLUMN version_key TEXT NOT NULL DEFAULT '';
                """)
        try nameAll(in: "change_outcome", "version", database)
        try nameAll(in: "measured_change", "sha", database)
        try nameAll(in: "measured_change", "version", database)
        try database.execute(
            sql: """
                DROP INDEX change_outcome_by_version;
                CREATE INDEX change_outcome_by_version ON change_outcome (service, version_key);
                CREATE INDEX measured_change_by_sha ON measured_change (service, sha_key);
                CREATE INDEX measured_change_by_version ON measured_change (service, version_key);
                """)
    }

    private static func nameAll(in table: String, _ column: String, _ database: Database) throws {
        let sql = "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) <> ''"
        for text in try String.fetchAll(database, sql: sql) {
            let name = VersionName(text)
            try database.execute(
                sql: "UPDATE \(table) SET \(column)_name = ?, \(column)_key = ? WHERE \(column) = ?",
                arguments: [name.text, name.key, text])
        }
    }
}
