import AuspexSignals
import Foundation
import GRDB

/// Reads the audit in a data directory without taking the directory and without changing anything in it: also while an
/// engine is at work there.
package struct AuditReader: Sendable {
    private let queue: DatabaseQueue

    /// Opens the database in `directory`.
    ///
    /// - Throws: ``StoreError`` when there is none, or it cannot be read.
    package init(directory: String) throws(StoreError) {
        let path = directory + "/" + Store.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            throw .directory(path: directory, reason: "it holds no \(Store.fileName)")
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw .database(operation: "opening \(path)", reason: "\(error)")
        }
    }

    /// The entries of a run, or all, oldest first, from the one after `sequence` on.
    package func entries(
        runID: String? = nil, after sequence: Int64 = 0, limit: Int = 1_000
    ) throws -> [AuditLog.Entry] {
        try read { try AuditLog.entries($0, runID: runID, after: sequence, limit: limit) }
    }

    /// The newest entries of a run, or of all, oldest first.
    package func newest(runID: String? = nil, limit: Int) throws -> [AuditLog.Entry] {
        try read { try AuditLog.newest($0, runID: runID, limit: limit) }
    }

    /// Walks the whole chain, entry by entry.
    ///
    /// - Parameter anchor: Where it is known to have stood once; nil when that is not known.
    /// - Returns: Where it stands.
    /// - Throws: ``AuditProblem`` at the first entry that is not right.
    package func verify(anchor: AuditAnchor? = nil) throws -> AuditAnchor {
        var chain = AuditChain(anchor: anchor)
        while try !read({ try AuditLog.follow(&chain, $0) }) {}
        return chain.last
    }

    /// SQLite's own check of the database's structure, in its words; empty when all is well. Costs reading all of it.
    package func integrityProblems() throws -> [String] {
        try read { try String.fetchAll($0, sql: "PRAGMA integrity_check").filter { $0 != "ok" } }
    }

    private func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try queue.read(body)
        } catch let error as DatabaseError {
            throw StoreError.database(operation: "reading the audit", reason: error.description)
        }
    }
}
