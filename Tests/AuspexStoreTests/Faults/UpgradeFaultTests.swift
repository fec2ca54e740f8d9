import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Testing

@testable import AuspexStore

/// An engine that finds the database of an earlier version: it upgrades it in one piece, and keeps what was there.
@Suite(.timeLimit(.minutes(10))) struct UpgradeFaultTests {
    /// Makes the database of the version that had the first `count` migrations, with a run in it.
    private func makeOld(_ path: String, migrations count: Int) throws {
        let queue = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(queue, upTo: Schema.migrator.migrations[count - 1])
        let run = RunSamples.record(id: "r1")
        try queue.write { database in
            try database.execute(
                sql: "INSERT INTO run (id, trigger_key, is_open, created_at, revision, body) VALUES (?, ?, 1, 0, 0, ?)",
                arguments: [run.id, run.triggerKey, try run.jsonText()])
            if count >= Self.firstWithPlans {
                try database.execute(
                    sql: "INSERT INTO run_plan (run_id, body) VALUES (?, ?)",
                    arguments: [run.id, try run.plan.jsonText()])
            }
            try AuditLog.append(database, kind: "run.created", runID: run.id, detail: .null, at: noon)
            try database.execute(sql: "INSERT INTO engine (boot_id, started_at) VALUES ('b', 0)")
        }
        try queue.close()
    }

    /// The first version that keeps the plans of runs by themselves.
    private static let firstWithPlans = 8
    private static let versions = 1..<Schema.migrator.migrations.count

    @Test("an older database is upgraded, and a copy as it was lies beside it", arguments: versions)
    func upgraded(count: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        try makeOld(path, migrations: count)
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        #expect(try await SQLiteRunJournal(store: store).openRuns().map(\.id) == ["r1"])
        #expect(store.epoch == 2)
        #expect(!store.isRestored)
        try await AuditLog(store: store).verify()
        #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
        try store.close()

        let copy = try DatabaseQueue(path: path + ".before-migration-\(count + 1)")
        let (done, body, health) = try await copy.read { database in
            (
                try Schema.migrator.completedMigrations(database).count,
                try String.fetchOne(database, sql: "SELECT body FROM run WHERE id = 'r1'"),
                try String.fetchOne(database, sql: "PRAGMA integrity_check")
            )
        }
        #expect(done == count)
        #expect(body == (try RunSamples.record(id: "r1").jsonText()))
        #expect(health == "ok")
    }

    @Test("a new database leaves no copy, and neither does one that is up to date")
    func noCopy() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 { try Store(directory: directory.path, clock: StoppedClock(moment: noon)).close() }
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(!files.contains { $0.contains("before-migration") })
    }

    @Test("an engine that dies in the middle of an upgrade leaves a database that the next one upgrades")
    func interrupted() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        try makeOld(path, migrations: 1)
        let old = try Data(contentsOf: URL(filePath: path))
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let (database, log) = (
            try Data(contentsOf: URL(filePath: path)), try Data(contentsOf: URL(filePath: path + "-wal"))
        )
        try store.close()
        #expect(old.count > 0)
        // As far as the disk had got with the log when the engine died.
        let ends = FaultScale.choice(of: Array(stride(from: 0, through: log.count, by: 512)), short: 30)
        for end in ends {
            let place = try TemporaryDirectory()
            try database.write(to: URL(filePath: place.path + "/" + Store.fileName))
            try log.prefix(end).write(to: URL(filePath: place.path + "/" + Store.fileName + "-wal"))
            let next = try Store(directory: place.path, clock: StoppedClock(moment: noon))
            #expect(try await SQLiteRunJournal(store: next).openRuns().map(\.id) == ["r1"], "cut after \(end) bytes")
            #expect(try AuditReader(directory: next.directory).integrityProblems().isEmpty, "cut after \(end) bytes")
            try await AuditLog(store: next).verify()
            try next.close()
        }
        FaultScale.report("an upgrade interrupted at \(ends.count) places")
    }
}
