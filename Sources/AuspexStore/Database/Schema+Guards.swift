import GRDB

extension Schema {
    /// Lets runs be found by their runbook and by who asked for them, and adds what guards keep.
    static func addGuards(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE run ADD COLUMN runbook TEXT NOT NULL DEFAULT '';
                ALTER TABLE run ADD COLUMN requested_by TEXT NOT NULL DEFAULT '';
                ALTER TABLE run ADD COLUMN is_shadow INTEGER NOT NULL DEFAULT 0;
                UPDATE run SET
                    runbook = coalesce(json_extract(body, '$.plan.runbook'), ''),
                    requested_by = coalesce(json_extract(body, '$.requestedBy'), ''),
                    is_shadow = coalesce(json_extract(body, '$.mode') = 'shadow', 0)
                WHERE json_valid(body);
                CREATE INDEX run_by_runbook ON run (runbook, created_at DESC) WHERE is_shadow = 0;
                CREATE INDEX run_by_asker ON run (requested_by, created_at DESC) WHERE is_shadow = 0;
                ALTER TABLE run_lock ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE promotion (
                    rule TEXT NOT NULL,
                    runbook TEXT NOT NULL,
                    body TEXT NOT NULL,
                    PRIMARY KEY (rule, runbook)
                ) WITHOUT ROWID;
                CREATE TABLE breaker (
                    runbook TEXT PRIMARY KEY,
                    reset_at INTEGER,
                    body TEXT
                ) WITHOUT ROWID;
                CREATE TABLE told (
                    key TEXT PRIMARY KEY,
                    at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE run_change (
                    run_id TEXT PRIMARY KEY,
                    change_id TEXT NOT NULL
                ) WITHOUT ROWID;
                """)
    }
}
