import AuspexRunbooks
package import AuspexSignals
import Foundation
import GRDB

/// Looks into the database of a data directory without changing it, also while an engine works on it: nothing is
/// locked, migrated or fenced.
package struct StoreInspection: Sendable {
    /// Runs whose failures are looked for, and failures and entries that are told.
    private static let runs = 200
    private static let failures = 50
    private static let entries = 200
    /// Longest reason in characters.
    private static let longestReason = 500
    /// Members of an audit entry's detail that say what happened and hold nothing from outside.
    private static let openMembers: Set<String> = [
        "attempt", "decision", "effect", "mode", "path", "plan", "poll", "recoveries", "runbook", "state", "status",
        "version",
    ]

    private let queue: DatabaseQueue
    private let path: String

    /// Opens the database of the data directory.
    ///
    /// - Throws: ``StoreError`` when there is none, or it cannot be opened.
    package init(directory: String) throws(StoreError) {
        path = directory + "/" + Store.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            throw .directory(path: directory, reason: "it has no \(Store.fileName)")
        }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw .database(operation: "opening \(path)", reason: "\(error)")
        }
    }

    /// The database's versions, sizes and numbers of rows, and whether its structure is whole.
    package func summary() async throws(StoreError) -> JSONValue {
        let known = Schema.migrator.migrations
        return try await read("reading the database") { database in
            let applied = try Schema.migrator.appliedIdentifiers(database)
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
            var counts: [String: JSONValue] = [:]
            for table in tables {
                let name = "\"" + table.replacing("\"", with: "\"\"") + "\""
                counts[table] = .int(try Int64.fetchOne(database, sql: "SELECT count(*) FROM \(name)") ?? 0)
            }
            let pragma = { (name: String) in try String.fetchOne(database, sql: "PRAGMA \(name)") ?? "" }
            return .object([
                "sqlite": .string(try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""),
                "journal_mode": .string(try pragma("journal_mode")), "page_size": .string(try pragma("page_size")),
                "page_count": .string(try pragma("page_count")),
                "freelist_count": .string(try pragma("freelist_count")),
                "integrity_check": .array(
                    try String.fetchAll(database, sql: "PRAGMA integrity_check").map(JSONValue.string)),
                "schema": .object([
                    "applied": .array(known.filter(applied.contains).map(JSONValue.string)),
                    "missing": .array(known.filter { !applied.contains($0) }.map(JSONValue.string)),
                    "unknown": .array(applied.subtracting(known).sorted().map(JSONValue.string)),
                ]),
                "rows": .object(counts),
            ])
        }
    }

    /// The newest steps of runs that did not end well, newest first: where, when, and why. Reasons may have texts of
    /// commands in them.
    package func failures() async throws(StoreError) -> [JSONValue] {
        try await read("reading runs") { database in
            let ids = try String.fetchAll(
                database, sql: "SELECT id FROM run ORDER BY created_at DESC LIMIT ?", arguments: [Self.runs])
            var failures: [JSONValue] = []
            for id in ids {
                guard let record = try StoredRun.fetch(database, "WHERE id = ?", [id]).first else { continue }
                if let problem = record.unfitness {
                    failures.append(
                        .object([
                            "run": .string(record.id), "runbook": .string(record.plan.runbook),
                            "reason": .string(String("\(problem)".prefix(Self.longestReason))),
                        ]))
                }
                for step in record.steps.reversed() where ![.done, .planned, .intent, .skipped].contains(step.state) {
                    failures.append(
                        .object([
                            "run": .string(record.id), "runbook": .string(record.plan.runbook),
                            "step": .string(step.path), "state": .string(step.state.rawValue),
                            "begun": .string(step.intentAt.wall.iso8601),
                            "error": step.result?.errorCode.map(JSONValue.string) ?? .null,
                            "reason": .string(String((step.result?.reason ?? "").prefix(Self.longestReason))),
                        ]))
                    if failures.count == Self.failures { return failures }
                }
            }
            return failures
        }
    }

    /// The last entries of the audit, oldest first. Of their details only what holds nothing from outside is told.
    package func auditTail() async throws(StoreError) -> [JSONValue] {
        try await read("reading the audit") { database in
            try Row.fetchAll(
                database, sql: "SELECT seq, at, kind, run_id, detail, hash FROM audit ORDER BY seq DESC LIMIT ?",
                arguments: [Self.entries]
            ).reversed().map { row in
                let detail = (try? JSONValue(parsing: row["detail"] as String))?.object ?? [:]
                let shown = detail.map { name, value in
                    (name, Self.openMembers.contains(name) ? value : JSONValue.string(SecretMask.mask))
                }
                let run: String? = row["run_id"]
                return .object([
                    "sequence": .int(row["seq"]), "at": .string(Timestamp(milliseconds: row["at"]).iso8601),
                    "kind": .string(row["kind"]), "run": run.map(JSONValue.string) ?? .null,
                    "hash": .string(row["hash"]), "detail": .object(Dictionary(uniqueKeysWithValues: shown)),
                ])
            }
        }
    }

    private func read<Result: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        do {
            return try await queue.read(body)
        } catch {
            throw .database(operation: operation, reason: "\(error)")
        }
    }
}
