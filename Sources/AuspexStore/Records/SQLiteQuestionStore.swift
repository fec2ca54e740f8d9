package import AuspexChanges
package import AuspexSignals
import GRDB

/// Questions and replies in SQLite.
package struct SQLiteQuestionStore: QuestionStore {
    let store: Store

    /// Creates the store of questions on `store`.
    package init(store: Store) {
        self.store = store
    }

    package func insert(_ question: AskedQuestion, replies: [Reply], most: Int) async throws -> QuestionIntake {
        let id = question.question.id
        return try await store.write("storing question \(id)") { database in
            let known = try Bool.fetchOne(database, sql: "SELECT 1 FROM question WHERE id = ?", arguments: [id])
            guard known == nil else { return .known }
            let open = try Int.fetchOne(database, sql: "SELECT count(*) FROM question WHERE is_open = 1") ?? 0
            guard open < most else { return .full }
            try Self.write(database, question)
            try Self.insert(database, replies)
            return .taken
        }
    }

    package func save(_ question: AskedQuestion, replies: [Reply]) async throws {
        try await store.write("storing question \(question.question.id)") { database in
            try Self.write(database, question)
            // Before the new ones are there, so that those of them that are progress stay.
            for lane in Set(replies.map(\.lane)) { try Self.supersedeProgress(database, lane: lane) }
            try Self.insert(database, replies)
            try Self.audit(database, question)
        }
    }

    package func amend(_ question: AskedQuestion, replies: [Reply]) async throws {
        let id = question.question.id
        try await store.write("storing question \(id)") { database in
            try Self.write(database, question)
            let earlier = try Self.fetch(database, "WHERE question = ? AND state IN ('waiting', 'given_up')", [id])
            for reply in earlier {
                if case .asker = reply.destination { try Self.supersede(database, reply) }
            }
            try Self.insert(database, replies)
            try Self.audit(database, question)
        }
    }

    package func discardQuestion(_ id: String, because reason: String, at now: Timestamp) async throws {
        try await store.write("closing question \(id)") { database in
            try database.execute(sql: "UPDATE question SET is_open = 0 WHERE id = ?", arguments: [id])
            try AuditLog.append(
                database, kind: "question.discarded", runID: nil,
                detail: .object(["question": .string(id), "reason": .string(reason)]), at: now)
        }
    }

    package func discardReply(_ id: String, because reason: String, at now: Timestamp) async throws {
        try await store.write("giving up reply \(id)") { database in
            try database.execute(
                sql: "UPDATE reply SET state = ? WHERE id = ?", arguments: [Reply.State.givenUp.rawValue, id])
            try AuditLog.append(
                database, kind: "reply.discarded", runID: nil,
                detail: .object(["reply": .string(id), "reason": .string(reason)]), at: now)
        }
    }

    package func insert(_ replies: [Reply], most: Int) async throws -> Bool {
        guard !replies.isEmpty else { return true }
        return try await store.write("storing replies") { try Self.insert($0, replies, most: most) }
    }

    package func save(_ reply: Reply, at now: Timestamp) async throws -> Reply {
        try await store.write("storing reply \(reply.id)") { database in
            var kept = reply
            // What it says was taken back while it was under way.
            let state = try String.fetchOne(
                database, sql: "SELECT state FROM reply WHERE id = ?", arguments: [reply.id])
            if kept.state != .sent, state == Reply.State.superseded.rawValue { kept.state = .superseded }
            if kept.isProgress, kept.state != .sent, try Self.isFollowed(database, reply) { kept.state = .superseded }
            try database.execute(
                sql: "UPDATE reply SET state = ?, next_at = ?, body = ? WHERE id = ?",
                arguments: [kept.state.rawValue, kept.nextAt.milliseconds, try kept.jsonText(), kept.id])
            if kept.state == .givenUp {
                try AuditLog.append(
                    database, kind: "reply.given_up", runID: nil,
                    detail: .object([
                        "reply": .string(kept.id), "attempts": .int(Int64(kept.attempts)),
                        "reason": .string(kept.lastError ?? ""),
                    ]), at: now)
            }
            return kept
        }
    }

    // MARK: Writing

    private static func write(_ database: Database, _ question: AskedQuestion) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO question (id, is_open, asked_at, next_at, body) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                question.question.id, question.settlement == nil, question.askedAt.milliseconds,
                question.nextAt.milliseconds, try question.jsonText(),
            ])
    }

    /// Adds replies as long as no more than `most` wait then.
    static func insert(_ database: Database, _ replies: [Reply], most: Int) throws -> Bool {
        guard !replies.isEmpty else { return true }
        let waiting = try Int.fetchOne(database, sql: "SELECT count(*) FROM reply WHERE state = 'waiting'") ?? 0
        guard waiting + replies.count <= most else { return false }
        try insert(database, replies)
        return true
    }

    private static func insert(_ database: Database, _ replies: [Reply]) throws {
        for reply in replies {
            // A reply that goes nowhere is nobody's.
            guard let system = reply.destination.system else { continue }
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO reply
                    (id, question, lane, system, state, is_progress, created_at, next_at, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    reply.id, reply.question, reply.lane, system.rawValue, reply.state.rawValue, reply.isProgress,
                    reply.createdAt.milliseconds, reply.nextAt.milliseconds, try reply.jsonText(),
                ])
        }
    }

    private static func supersedeProgress(_ database: Database, lane: String) throws {
        let waiting = try fetch(
            database, "WHERE lane = ? AND state = 'waiting' AND is_progress = 1 ORDER BY seq", [lane])
        for reply in waiting { try supersede(database, reply) }
    }

    private static func supersede(_ database: Database, _ reply: Reply) throws {
        var reply = reply
        reply.state = .superseded
        try database.execute(
            sql: "UPDATE reply SET state = ?, body = ? WHERE id = ?",
            arguments: [reply.state.rawValue, try reply.jsonText(), reply.id])
    }

    private static func audit(_ database: Database, _ question: AskedQuestion) throws {
        guard let settlement = question.settlement else { return }
        let detail: [String: JSONValue] = [
            "question": .string(question.question.id), "service": .string(question.question.service),
            "verdict": .string(settlement.verdict.rawValue), "mayGoOn": .bool(settlement.mayGoOn),
        ]
        try AuditLog.append(
            database, kind: "question.answered", runID: nil, detail: .object(detail), at: settlement.at)
    }

    private static func isFollowed(_ database: Database, _ reply: Reply) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT 1 FROM reply WHERE lane = ? AND seq > (SELECT seq FROM reply WHERE id = ?) LIMIT 1
                """,
            arguments: [reply.lane, reply.id]) ?? false
    }

    /// The replies of a condition that can be read. One that cannot is dealt with when it is due by itself.
    static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Reply] {
        try Row.fetchAll(database, sql: "SELECT id, body FROM reply \(condition)", arguments: arguments).compactMap {
            row in
            try? Reply.fromJSON(row["body"], table: "reply", id: row["id"])
        }
    }
}
