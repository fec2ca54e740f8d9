import AuspexRunbooks
import AuspexSignals
import GRDB

/// A run as its tables hold it: the plan, which never changes, and each attempt at a step have rows of their own, so
/// that what a commit writes does not grow with the run.
struct StoredRun: Sendable {
    /// An attempt and its place among the run's attempts.
    struct Attempt: Sendable {
        var position: Int
        var body: String
    }

    /// What a commit has to write of the attempts.
    enum Attempts: Sendable {
        /// These have changed or are new; the others are stored as they are.
        case some([Attempt])
        /// Nobody knows what is stored, so all of them.
        case all([Attempt])
    }

    let record: RunRecord
    /// The record without its plan and its attempts.
    let head: String
    /// The plan, if it has to be written.
    let plan: String?
    let attempts: Attempts
    /// Whether the run was open and stays so, which spares the index of open runs.
    private let staysOpen: Bool

    /// What has to be written of `record`, given what was stored of it last; nil when that is not known.
    ///
    /// The encoding happens here, in the task of whoever asks, so that the one writer only writes.
    init(_ record: RunRecord, after last: WrittenRuns.Entry?) throws {
        self.record = record
        head = try record.with(plan: record.plan.withoutContents, steps: []).jsonText()
        // Only what is open is remembered.
        staysOpen = last != nil && record.isOpen
        // What could not be read of it stays for those who look at it.
        guard !record.isUnreadable else {
            (plan, attempts) = (nil, .some([]))
            return
        }
        guard let last, last.steps.count <= record.steps.count else {
            plan = try record.plan.jsonText()
            attempts = .all(try Self.encoded(record.steps.indices, of: record))
            return
        }
        // It is pinned: what is stored of it holds for good.
        plan = nil
        let changed = record.steps.indices.filter { index in
            index >= last.steps.count || last.steps[index] != record.steps[index]
        }
        attempts = .some(try Self.encoded(changed, of: record))
    }

    private static func encoded(_ positions: some Sequence<Int>, of record: RunRecord) throws -> [Attempt] {
        try positions.map { Attempt(position: $0, body: try record.steps[$0].jsonText()) }
    }

    // MARK: - Writing

    /// Stores a run that is new.
    func insert(into database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO run (
                    id, trigger_key, is_open, created_at, revision, body, runbook, requested_by, is_shadow
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            record.id, record.triggerKey, record.isOpen, record.createdAt.milliseconds, record.revision, head,
            record.plan.runbook, record.requestedBy, record.mode == .shadow,
        ])
        try writeParts(database)
    }

    /// Replaces what is stored of a run.
    ///
    /// - Returns: Whether the stored revision was the one before this one; else nothing was changed.
    func replace(in database: Database) throws -> Bool {
        if !staysOpen {
            try database.cachedStatement(sql: "UPDATE run SET is_open = ? WHERE id = ? AND revision = ?")
                .execute(arguments: [record.isOpen, record.id, record.revision - 1])
        }
        try database.cachedStatement(sql: "UPDATE run SET revision = ?, body = ? WHERE id = ? AND revision = ?")
            .execute(arguments: [record.revision, head, record.id, record.revision - 1])
        guard database.changesCount == 1 else { return false }
        try writeParts(database)
        return true
    }

    private func writeParts(_ database: Database) throws {
        if let plan {
            try database.cachedStatement(sql: "INSERT OR REPLACE INTO run_plan (run_id, body) VALUES (?, ?)")
                .execute(arguments: [record.id, plan])
        }
        let changed: [Attempt]
        switch attempts {
        case .some(let some): changed = some
        case .all(let all):
            try database.cachedStatement(sql: "DELETE FROM run_step WHERE run_id = ?").execute(arguments: [record.id])
            changed = all
        }
        for attempt in changed {
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO run_step (run_id, position, body) VALUES (?, ?, ?)"
            ).execute(arguments: [record.id, attempt.position, attempt.body])
        }
    }

    // MARK: - Reading

    /// The runs that fulfil a condition on the table `run`, which may also order and limit them. In the place of a record
    /// that cannot be read stands what is still known of the run.
    ///
    /// - Parameter matches: Which of them are wanted; at most `limit` are given.
    static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments, limit: Int = .max,
        where matches: (RunRecord) -> Bool = { _ in true }
    ) throws -> [RunRecord] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, body, trigger_key, is_open, created_at, revision, runbook, requested_by, is_shadow
                FROM run \(condition)
                """,
            arguments: arguments)
        var runs: [RunRecord] = []
        while runs.count < limit, let row = try rows.next() {
            let run = try record(row, database)
            if matches(run) { runs.append(run) }
        }
        return runs
    }

    private static func record(_ row: Row, _ database: Database) throws -> RunRecord {
        let id = text(row["id"])
        let plan = try DatabaseValue.fetchOne(
            database.cachedStatement(sql: "SELECT body FROM run_plan WHERE run_id = ?"), arguments: [id]
        ).map(text)
        let steps = try DatabaseValue.fetchAll(
            database.cachedStatement(sql: "SELECT body FROM run_step WHERE run_id = ? ORDER BY position"),
            arguments: [id]
        ).map(text)
        do throws(StoreError) {
            let run = try record(id, text(row["body"]), plan, steps)
            let revision = number(row["revision"])
            guard run.id == id, run.revision == revision else {
                throw .corrupt(
                    table: "run", id: id,
                    reason: "it is of run \(run.id) at revision \(run.revision), not at \(revision)")
            }
            return run
        } catch {
            return remains(of: row, because: error)
        }
    }

    private static func record(
        _ id: String, _ head: String, _ plan: String?, _ steps: [String]
    ) throws(StoreError) -> RunRecord {
        let run = try RunRecord.fromJSON(head, table: "run", id: id)
        // A person has ended it as one that cannot be read.
        guard !run.isUnreadable else { return run }
        guard let plan else { throw .corrupt(table: "run_plan", id: id, reason: "it is missing") }
        var attempts: [StepRecord] = []
        for step in steps { attempts.append(try StepRecord.fromJSON(step, table: "run_step", id: id)) }
        return run.with(plan: try Plan.fromJSON(plan, table: "run_plan", id: id), steps: attempts)
    }

    /// The run without its plan's contents and its attempts.
    static func head(of row: Row) -> RunRecord {
        do throws(StoreError) {
            let id = text(row["id"])
            let run = try RunRecord.fromJSON(text(row["body"]), table: "run", id: id)
            guard run.id == id else { throw .corrupt(table: "run", id: id, reason: "it is of run \(run.id)") }
            return run
        } catch {
            return remains(of: row, because: error)
        }
    }

    /// What the columns of the table `run` say of a run.
    private static func remains(of row: Row, because error: StoreError) -> RunRecord {
        RunRecord(
            of: RunRecord.Remains(
                id: text(row["id"]), triggerKey: text(row["trigger_key"]), runbook: text(row["runbook"]),
                requestedBy: text(row["requested_by"]), isShadow: number(row["is_shadow"]) != 0,
                isOpen: number(row["is_open"]) != 0,
                createdAt: Timestamp(milliseconds: number(row["created_at"])), revision: number(row["revision"])),
            because: error.description)
    }

    // What is damaged may be of any type, whatever the column says.

    private static func text(_ value: DatabaseValue) -> String { String.fromDatabaseValue(value) ?? "" }

    private static func number(_ value: DatabaseValue) -> Int64 { Int64.fromDatabaseValue(value) ?? 0 }
}

extension Plan {
    /// The plan with nothing in it that takes room, to stand where the whole one is stored elsewhere.
    fileprivate var withoutContents: Plan {
        var plan = self
        (plan.steps, plan.onFailure, plan.always) = ([], [], [])
        (plan.preconditions, plan.onCancel) = ([], [])
        (plan.parameters, plan.sensitive, plan.locks) = ([:], [], [])
        return plan
    }
}
