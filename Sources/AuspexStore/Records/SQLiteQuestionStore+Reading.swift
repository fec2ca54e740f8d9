package import AuspexChanges
package import AuspexSignals
import GRDB

/// What is asked of the questions and replies.
extension SQLiteQuestionStore {
    package func question(id: String) async throws -> AskedQuestion? {
        try await store.read("reading question \(id)") { database in
            let find = try database.cachedStatement(sql: "SELECT body FROM question WHERE id = ?")
            let body = try String.fetchOne(find, arguments: [id])
            return try body.map { try AskedQuestion.fromJSON($0, table: "question", id: id) }
        }
    }

    package func openQuestions(limit: Int) async throws -> [AskedQuestion] {
        try await store.read("reading questions") { database in
            try Row.fetchAll(
                database, sql: "SELECT id, body FROM question WHERE is_open = 1 ORDER BY asked_at, id LIMIT ?",
                arguments: [max(0, limit)]
            ).compactMap { try? AskedQuestion.fromJSON($0["body"], table: "question", id: $0["id"]) }
        }
    }

    package func dueQuestions(at now: Timestamp, limit: Int) async throws -> [String] {
        try await store.read("looking for due questions") { database in
            let find = try database.cachedStatement(
                sql: "SELECT id FROM question WHERE is_open = 1 AND next_at <= ? ORDER BY next_at, id LIMIT ?")
            return try String.fetchAll(find, arguments: [now.milliseconds, max(0, limit)])
        }
    }

    package func reply(id: String) async throws -> Reply? {
        try await store.read("reading reply \(id)") { database in
            let find = try database.cachedStatement(sql: "SELECT body FROM reply WHERE id = ?")
            return try String.fetchOne(find, arguments: [id]).map { try Reply.fromJSON($0, table: "reply", id: id) }
        }
    }

    package func waitingReplies(limit: Int) async throws -> [Reply] {
        try await store.read("reading replies") { database in
            try Self.fetch(database, "WHERE state = 'waiting' ORDER BY seq LIMIT ?", [max(0, limit)])
        }
    }

    package func givenUpReplies(since: Timestamp, limit: Int) async throws -> [Reply] {
        try await store.read("reading replies") { database in
            try Self.fetch(
                database, "WHERE created_at >= ? AND state = 'given_up' ORDER BY seq DESC LIMIT ?",
                [since.milliseconds, max(0, limit)])
        }
    }

    package func replies(to question: String) async throws -> [Reply] {
        try await store.read("reading replies") { database in
            try Self.fetch(database, "WHERE question = ? ORDER BY seq", [question])
        }
    }

    package func dueReplies(
        to systems: [ReplyDestination.System], at now: Timestamp, limit: Int
    ) async throws -> [ReplyDestination.System: [ReplyTicket]] {
        try await store.read("looking for due replies") { database in
            let find = try database.cachedStatement(
                sql: """
                    SELECT id, lane FROM reply WHERE state = 'waiting' AND system = ? AND next_at <= ?
                    AND NOT EXISTS (
                        SELECT 1 FROM reply AS earlier
                        WHERE earlier.lane = reply.lane AND earlier.seq < reply.seq AND earlier.state = 'waiting')
                    ORDER BY next_at, seq LIMIT ?
                    """)
            var due: [ReplyDestination.System: [ReplyTicket]] = [:]
            for system in systems {
                due[system] = try Row.fetchAll(
                    find, arguments: [system.rawValue, now.milliseconds, max(0, limit)]
                ).map { ReplyTicket(id: $0["id"], lane: $0["lane"]) }
            }
            return due
        }
    }

    package func remoteID(inLane lane: String) async throws -> String? {
        try await store.read("reading replies") { database in
            try Self.fetch(database, "WHERE lane = ? AND state = 'sent' ORDER BY seq DESC", [lane])
                .lazy.compactMap(\.remoteID).first
        }
    }

    package func counts() async throws -> (questions: Int, replies: Int) {
        try await store.read("counting questions") { database in
            (
                try Int.fetchOne(database, sql: "SELECT count(*) FROM question WHERE is_open = 1") ?? 0,
                try Int.fetchOne(database, sql: "SELECT count(*) FROM reply WHERE state = 'waiting'") ?? 0
            )
        }
    }
}
