import AuspexSignals
import GRDB

extension AuditLog {
    /// The log as lines of JSON, oldest first, read as they are asked for: whatever its length, few are in memory.
    ///
    /// A line is a JSON object with the members `seq`, `at` (milliseconds since 1970), `kind`, `run` (or null), `detail`,
    /// `previous_hash` and `hash`, so that others can walk the chain: `hash` is SHA-256 over the text
    /// `["previous_hash",at,"kind","run","detail"]`, without blanks and with `detail` as JSON text within a text.
    ///
    /// - Parameters:
    ///   - runID: The run whose entries are wanted; nil for all.
    ///   - sequence: The number of the last entry that is not wanted.
    package func lines(runID: String? = nil, after sequence: Int64 = 0) -> Lines {
        Lines(log: self, runID: runID, start: sequence)
    }

    /// The lines of an export.
    package struct Lines: AsyncSequence, Sendable {
        /// A line, without its end.
        package typealias Element = String

        fileprivate let log: AuditLog
        fileprivate let runID: String?
        fileprivate let start: Int64

        /// Reads from the beginning of the export.
        package func makeAsyncIterator() -> Iterator { Iterator(lines: self, last: start) }

        /// A place in the export.
        package struct Iterator: AsyncIteratorProtocol {
            fileprivate let lines: Lines
            /// The number of the last entry that was read.
            fileprivate var last: Int64
            private var page: ArraySlice<String> = []

            fileprivate init(lines: Lines, last: Int64) {
                self.lines = lines
                self.last = last
            }

            /// The next line; nil at the end of the log as it is then.
            package mutating func next() async throws -> String? {
                if page.isEmpty {
                    let (runID, start) = (lines.runID, last)
                    let (texts, end) = try await lines.log.store.read("exporting the audit") { database in
                        try AuditLog.page(database, runID: runID, after: start)
                    }
                    (page, last) = (texts[...], end ?? last)
                }
                return page.popFirst()
            }
        }
    }

    /// The next lines, and the number of the last of them.
    private static func page(
        _ database: Database, runID: String?, after sequence: Int64
    ) throws -> (texts: [String], last: Int64?) {
        let condition = runID == nil ? "" : "AND run_id = ?"
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT seq, at, kind, run_id, detail, previous_hash, hash FROM audit
                WHERE seq > ? \(condition) ORDER BY seq LIMIT ?
                """,
            arguments: [sequence] + StatementArguments([runID].compactMap(\.self)) + [entriesAtOnce])
        let texts = try rows.map { row in
            let (number, run): (Int64, String?) = (row["seq"], row["run_id"])
            let detail = try JSONValue.fromJSON(row["detail"], table: "audit", id: "\(number)")
            return JSONValue.object([
                "seq": .int(number), "at": .int(row["at"]), "kind": .string(row["kind"]),
                "run": run.map(JSONValue.string) ?? .null, "detail": detail,
                "previous_hash": .string(row["previous_hash"]), "hash": .string(row["hash"]),
            ]).canonicalText
        }
        return (texts, rows.last?["seq"])
    }
}
