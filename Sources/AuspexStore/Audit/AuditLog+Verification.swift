package import AuspexSignals
import GRDB

extension AuditLog {
    /// What an entry was at some time, kept outside of the database: whoever can change the database can also compute a
    /// chain anew, but not what was written down elsewhere.
    package struct Anchor: Hashable, Sendable, Codable {
        /// The entry's number.
        package var sequence: Int64
        /// The entry's hash.
        package var hash: String
        /// The entry's time.
        package var at: Timestamp

        /// Creates an anchor.
        package init(sequence: Int64, hash: String, at: Timestamp) {
            self.sequence = sequence
            self.hash = hash
            self.at = at
        }
    }

    /// Entries that are read on one snapshot: enough to be fast, and few enough that the write-ahead log is not kept
    /// from being moved into the main file.
    static let entriesAtOnce = 5_000

    /// The newest entry as an anchor; nil for an empty log.
    package func newest() async throws -> Anchor? {
        try await store.read("reading the audit") { database in
            try Row.fetchOne(database, sql: "SELECT seq, at, hash FROM audit ORDER BY seq DESC LIMIT 1").map { row in
                Anchor(sequence: row["seq"], hash: row["hash"], at: Timestamp(milliseconds: row["at"]))
            }
        }
    }

    /// Walks the whole chain, in constant memory. Entries may be appended meanwhile.
    ///
    /// - Parameter anchors: What entries were, from outside of the database. Without any, a chain that was computed anew
    ///   as a whole is not found out.
    /// - Returns: The last entry that was walked; nil for an empty log.
    /// - Throws: ``StoreError/auditBroken(sequence:)`` at the first entry that does not follow from the one before it, or
    ///   that is missing at the end; ``StoreError/auditNotAsAnchored(sequence:)`` for an entry that is not what its
    ///   anchor says.
    @discardableResult
    package func verify(against anchors: [Anchor] = []) async throws -> Anchor? {
        var walk = Walk(anchors)
        while true {
            try Task.checkCancellation()
            let start = walk
            let (next, isOver) = try await store.read("verifying the audit") { database in
                var walk = start
                let count = try walk.take(Self.entriesAtOnce, from: database)
                guard count < Self.entriesAtOnce else { return (walk, false) }
                try walk.checkEnd(database)
                return (walk, true)
            }
            walk = next
            if isOver { return walk.last }
        }
    }

    /// How far a verification has come.
    private struct Walk: Sendable {
        private let anchors: [Int64: String]
        private let lastAnchor: Int64
        private(set) var last: Anchor?

        init(_ anchors: [Anchor]) {
            self.anchors = Dictionary(anchors.map { ($0.sequence, $0.hash) }) { first, _ in first }
            lastAnchor = anchors.map(\.sequence).max() ?? 0
        }

        /// Walks the next `limit` entries, and says how many there were.
        mutating func take(_ limit: Int, from database: Database) throws -> Int {
            let statement = try database.cachedStatement(
                sql: """
                    SELECT seq, at, kind, run_id, detail, previous_hash, hash FROM audit
                    WHERE seq > ? ORDER BY seq LIMIT ?
                    """)
            // From the lowest number that there can be on, because an entry's number may have been changed, too.
            let rows = try Row.fetchCursor(statement, arguments: [last?.sequence ?? .min, limit])
            var count = 0
            while let row = try rows.next() {
                try follow(row)
                count += 1
            }
            return count
        }

        private mutating func follow(_ row: Row) throws {
            let (sequence, hash): (Int64, String) = (row["seq"], row["hash"])
            let at = Timestamp(milliseconds: row["at"])
            let previous = last?.hash ?? Link.origin
            let link = Link(at: at, kind: row["kind"], runID: row["run_id"], detail: row["detail"])
            guard sequence == (last?.sequence ?? 0) + 1, row["previous_hash"] == previous,
                hash == link.hash(after: previous)
            else { throw StoreError.auditBroken(sequence: sequence) }
            if let anchored = anchors[sequence], anchored != hash {
                throw StoreError.auditNotAsAnchored(sequence: sequence)
            }
            last = Anchor(sequence: sequence, hash: hash, at: at)
        }

        /// Checks that nothing was cut off: the highest number that was ever given is the last one's, and no anchor is of
        /// a later entry.
        func checkEnd(_ database: Database) throws {
            let end = last?.sequence ?? 0
            let given = try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
            guard given == end else { throw StoreError.auditBroken(sequence: end + 1) }
            guard lastAnchor <= end else { throw StoreError.auditNotAsAnchored(sequence: end + 1) }
        }
    }
}
