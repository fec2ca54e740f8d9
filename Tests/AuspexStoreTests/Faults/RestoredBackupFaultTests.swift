import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexStore

/// A database that was put back from a backup is told from the one that was in use last.
@Suite(.timeLimit(.minutes(2))) struct RestoredBackupFaultTests {
    private func open(_ directory: TemporaryDirectory) throws -> Store {
        try Store(directory: directory.path, clock: StoppedClock(moment: noon))
    }

    /// Two engines' time after one another, the first one's database kept and put back at the end.
    private func restored() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + Store.fileName
        try open(directory).close()
        let backup = try Data(contentsOf: URL(filePath: path))
        try open(directory).close()
        try backup.write(to: URL(filePath: path))
        return directory
    }

    @Test("it is noticed, and no epoch is given twice")
    func noticed() throws {
        let directory = try restored()
        let store = try open(directory)
        #expect(store.isRestored)
        #expect(store.epoch == 3)
        try store.close()
    }

    @Test("it stays noticed over further starts, until its runs have been seen to")
    func lasting() throws {
        let directory = try restored()
        for epoch in 3...5 {
            let store = try open(directory)
            #expect(store.isRestored)
            #expect(store.epoch == Int64(epoch))
            try store.close()
        }
        let store = try open(directory)
        try store.settleRestoration()
        #expect(!store.isRestored)
        try store.close()
        let next = try open(directory)
        #expect(!next.isRestored)
        try next.close()
    }

    @Test("an engine that dies between taking its epoch and noting it is no backup")
    func died() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 { try open(directory).close() }
        try "1\n".write(toFile: directory.path + "/epoch", atomically: true, encoding: .utf8)
        let store = try open(directory)
        #expect(!store.isRestored)
        #expect(store.epoch == 3)
        try store.close()
    }

    @Test("an older directory has no witness, and is no backup")
    func noWitness() throws {
        let directory = try TemporaryDirectory()
        try open(directory).close()
        try FileManager.default.removeItem(atPath: directory.path + "/epoch")
        let store = try open(directory)
        #expect(!store.isRestored)
        try store.close()
    }

    @Test("a witness that says nothing is no reason to trust the database", arguments: ["", "x", "1 2"])
    func unreadable(text: String) throws {
        let directory = try TemporaryDirectory()
        try open(directory).close()
        try text.write(toFile: directory.path + "/epoch", atomically: true, encoding: .utf8)
        let store = try open(directory)
        #expect(store.isRestored)
        #expect(store.epoch == 2)
        try store.close()
    }
}
