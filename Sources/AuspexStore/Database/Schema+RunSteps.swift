import GRDB

extension Schema {
    /// Gives the plan and the attempts of a run tables of their own, and moves those of the runs that are there.
    static func addRunSteps(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE run_plan (
                    run_id TEXT PRIMARY KEY REFERENCES run (id),
                    body TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE run_step (
                    run_id TEXT NOT NULL REFERENCES run (id),
                    position INTEGER NOT NULL,
                    body TEXT NOT NULL,
                    PRIMARY KEY (run_id, position)
                ) WITHOUT ROWID;
                INSERT INTO run_plan (run_id, body) SELECT id, json_extract(body, '$.plan') FROM run;
                INSERT INTO run_step (run_id, position, body)
                    SELECT run.id, attempt.key, attempt.value FROM run, json_each(run.body, '$.steps') AS attempt;
                UPDATE run SET body = json_set(
                    body, '$.steps', json('[]'), '$.plan.steps', json('[]'), '$.plan.onFailure', json('[]'),
                    '$.plan.always', json('[]'), '$.plan.sensitive', json('[]'), '$.plan.locks', json('[]'),
                    '$.plan.parameters', json('{}'));
                """)
    }
}
