import GRDB

/// The tables, one migration a change of them. A migration that has shipped is never edited.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: engines, signals, alerts, changes, runs, audit") { database in
            try database.execute(
                sql: """
                    CREATE TABLE engine (
                        epoch INTEGER PRIMARY KEY AUTOINCREMENT,
                        boot_id TEXT NOT NULL,
                        started_at INTEGER NOT NULL
                    );
                    CREATE TABLE message (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT,
                        received_at INTEGER NOT NULL,
                        payload BLOB NOT NULL
                    );
                    CREATE TABLE checkpoint (
                        name TEXT PRIMARY KEY,
                        state BLOB NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE series_state (
                        series TEXT PRIMARY KEY,
                        state BLOB NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE alert (
                        id TEXT PRIMARY KEY,
                        rule TEXT NOT NULL,
                        state TEXT NOT NULL,
                        started_at INTEGER NOT NULL,
                        fired_at INTEGER,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX alert_by_start ON alert (started_at DESC);
                    CREATE INDEX alert_by_state ON alert (state, started_at DESC);
                    CREATE TABLE change (
                        id TEXT PRIMARY KEY,
                        service TEXT NOT NULL,
                        environment TEXT NOT NULL,
                        started_at INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX change_by_start ON change (started_at DESC);
                    CREATE TABLE verdict (
                        id TEXT PRIMARY KEY,
                        expires_at INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE delivery (
                        id TEXT PRIMARY KEY,
                        seen_at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX delivery_by_age ON delivery (seen_at);
                    CREATE TABLE run (
                        id TEXT PRIMARY KEY,
                        trigger_key TEXT NOT NULL UNIQUE,
                        is_open INTEGER NOT NULL,
                        created_at INTEGER NOT NULL,
                        revision INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX run_by_start ON run (created_at DESC);
                    CREATE INDEX run_open ON run (is_open) WHERE is_open = 1;
                    CREATE TABLE run_lock (
                        name TEXT PRIMARY KEY,
                        run_id TEXT NOT NULL REFERENCES run (id),
                        expires_at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE audit (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT,
                        at INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        run_id TEXT,
                        detail TEXT NOT NULL,
                        previous_hash TEXT NOT NULL,
                        hash TEXT NOT NULL
                    );
                    CREATE INDEX audit_by_run ON audit (run_id) WHERE run_id IS NOT NULL;
                    """)
        }
        migrator.registerMigration("2: how far sources have been read") { database in
            try database.execute(
                sql: """
                    CREATE TABLE source_mark (
                        name TEXT PRIMARY KEY,
                        state TEXT NOT NULL
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("3: incidents") { database in
            try database.execute(
                sql: """
                    CREATE TABLE incident (
                        id TEXT PRIMARY KEY,
                        state TEXT NOT NULL,
                        severity INTEGER NOT NULL,
                        started_at INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX incident_by_start ON incident (started_at DESC);
                    CREATE INDEX incident_by_state ON incident (state, started_at DESC);
                    CREATE TABLE incident_key (
                        kind TEXT NOT NULL,
                        value TEXT NOT NULL,
                        incident TEXT NOT NULL,
                        PRIMARY KEY (kind, value, incident)
                    ) WITHOUT ROWID;
                    CREATE INDEX incident_key_by_incident ON incident_key (incident);
                    CREATE INDEX alert_by_rule ON alert (rule, started_at DESC);
                    """)
        }
        migrator.registerMigration("4: pushes") { database in
            try database.execute(
                sql: """
                    CREATE TABLE push (
                        repository TEXT NOT NULL,
                        sha TEXT NOT NULL,
                        before TEXT NOT NULL,
                        committed_at INTEGER,
                        commits INTEGER NOT NULL,
                        pushed_at INTEGER NOT NULL,
                        PRIMARY KEY (repository, sha)
                    ) WITHOUT ROWID;
                    CREATE INDEX push_by_time ON push (pushed_at);
                    """)
        }
        migrator.registerMigration("5: questions and replies") { database in
            try database.execute(
                sql: """
                    CREATE TABLE question (
                        id TEXT PRIMARY KEY,
                        is_open INTEGER NOT NULL,
                        asked_at INTEGER NOT NULL,
                        next_at INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX question_due ON question (next_at) WHERE is_open = 1;
                    CREATE INDEX question_by_age ON question (asked_at);
                    CREATE TABLE reply (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        question TEXT,
                        lane TEXT NOT NULL,
                        system TEXT NOT NULL,
                        state TEXT NOT NULL,
                        is_progress INTEGER NOT NULL,
                        created_at INTEGER NOT NULL,
                        next_at INTEGER NOT NULL,
                        body TEXT NOT NULL
                    );
                    CREATE INDEX reply_due ON reply (system, next_at) WHERE state = 'waiting';
                    CREATE INDEX reply_by_lane ON reply (lane, seq);
                    CREATE INDEX reply_by_question ON reply (question) WHERE question IS NOT NULL;
                    CREATE INDEX reply_by_age ON reply (created_at);
                    """)
        }
        migrator.registerMigration("6: outcomes and risk models") { database in
            try database.execute(
                sql: """
                    CREATE TABLE change_outcome (
                        change_id TEXT PRIMARY KEY,
                        service TEXT NOT NULL,
                        environment TEXT NOT NULL,
                        version TEXT NOT NULL,
                        started_at INTEGER NOT NULL,
                        harm TEXT NOT NULL,
                        decided_at INTEGER NOT NULL,
                        body TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX change_outcome_by_version ON change_outcome (service, version);
                    CREATE TABLE measured_change (
                        service TEXT NOT NULL,
                        environment TEXT NOT NULL,
                        sha TEXT NOT NULL,
                        version TEXT NOT NULL,
                        measured_at INTEGER NOT NULL,
                        measures TEXT NOT NULL,
                        PRIMARY KEY (service, environment, sha, version)
                    ) WITHOUT ROWID;
                    CREATE INDEX measured_change_by_time ON measured_change (service, measured_at DESC);
                    CREATE TABLE risk_model (
                        service TEXT NOT NULL,
                        version INTEGER NOT NULL,
                        in_force INTEGER NOT NULL,
                        report TEXT NOT NULL,
                        model TEXT NOT NULL,
                        PRIMARY KEY (service, version)
                    );
                    """)
        }
        migrator.registerMigration("7: names of versions", migrate: addVersionNames)
        migrator.registerMigration("8: plans and attempts of runs", migrate: addRunSteps)
        migrator.registerMigration("9: what guards look at", migrate: addGuards)
        migrator.registerMigration("10: what is counted") { database in
            // With the column of the condition in it, an index is counted without a look at the rows.
            try database.execute(
                sql: """
                    DROP INDEX question_due;
                    CREATE INDEX question_open ON question (is_open, next_at) WHERE is_open = 1;
                    DROP INDEX reply_due;
                    CREATE INDEX reply_waiting ON reply (state, system, next_at) WHERE state = 'waiting';
                    """)
        }
        return migrator
    }
}
