import AuspexSignals
import AuspexTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AuspexStore

/// Writes that share a transaction, which none of them may notice.
@Suite(.timeLimit(.minutes(1))) struct GroupCommitTests {
    private struct Refusal: Error, Hashable {
        var number: Int64
    }

    /// What a write of the test does after it has put its row in.
    private enum Manner: CaseIterable {
        case succeed
        /// Throws an error of its own.
        case refuse
        /// Violates a constraint.
        case collide
    }

    /// A store in which nothing gets its turn until the returned function is called, so that what is asked for
    /// meanwhile is one group.
    ///
    /// - Parameter prepare: What needs the store before.
    private func heldStore(
        _ directory: TemporaryDirectory, _ prepare: (Store) -> Void = { _ in }
    ) throws -> (store: Store, release: @Sendable () -> Void) {
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        prepare(store)
        let gate = DispatchSemaphore(value: 0)
        store.pool.asyncWriteWithoutTransaction { _ in gate.wait() }
        return (store, { gate.signal() })
    }

    private static func put(_ number: Int64, into database: Database) throws {
        try database.execute(
            sql: "INSERT INTO delivery (id, seen_at) VALUES (?, ?)", arguments: ["d\(number)", number])
    }

    private func numbers(in store: Store) async throws -> [Int64] {
        try await store.read("test") { try Int64.fetchAll($0, sql: "SELECT seen_at FROM delivery ORDER BY seen_at") }
    }

    @Test("the log's pages go into the main file beside the writer")
    func moving() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        for number in 0..<Int64(20) { try await store.write("test") { try Self.put(number, into: $0) } }
        let file = directory.path + "/" + Store.fileName
        #expect(try await Self.countInMainFile(file) == nil)
        let mover = try LogMover(path: file)
        for _ in 0..<64 { mover.hasCommitted() }
        try mover.close()
        #expect(try await Self.countInMainFile(file) == 20)
        #expect(try await numbers(in: store).count == 20)
    }

    /// How many deliveries a database has without its log; nil when there is not even the table.
    private static func countInMainFile(_ file: String) async throws -> Int? {
        let directory = try TemporaryDirectory()
        let copy = directory.path + "/copy.sqlite"
        try FileManager.default.copyItem(atPath: file, toPath: copy)
        return try await DatabaseQueue(path: copy).read { database in
            guard try database.tableExists("delivery") else { return nil }
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM delivery")
        }
    }

    @Test("what succeeded is there after reopening, and what failed has left nothing", arguments: [1, 2, 3])
    func property(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        var generator = SplitMix64(seed: seed)
        let manners = (0..<400).map { _ in Manner.allCases.randomElement(using: &generator) ?? .succeed }
        var expected: [Int64] = []
        do {
            let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
            let outcomes = await withTaskGroup(of: (Int64, Result<Int64, any Error>).self) { group in
                for (index, manner) in manners.enumerated() {
                    group.addTask {
                        let number = Int64(index)
                        do {
                            let result = try await store.write("test") { database in
                                try Self.put(number, into: database)
                                switch manner {
                                case .succeed: return number * 2
                                case .refuse: throw Refusal(number: number)
                                case .collide:
                                    try Self.put(number, into: database)
                                    return 0
                                }
                            }
                            return (number, .success(result))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [Int64: Result<Int64, any Error>]()) { $0[$1.0] = $1.1 }
            }
            for (index, manner) in manners.enumerated() {
                let number = Int64(index)
                switch (manner, outcomes[number]) {
                case (.succeed, .success(let result)):
                    #expect(result == number * 2)
                    expected.append(number)
                case (.refuse, .failure(let error)): #expect(error as? Refusal == Refusal(number: number))
                case (.collide, .failure(StoreError.database(let operation, _))): #expect(operation == "test")
                default: Issue.record("\(manner) ended in \(String(describing: outcomes[number]))")
                }
            }
            try store.close()
        }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        #expect(try await numbers(in: store) == expected)
        #expect(try AuditReader(directory: store.directory).integrityProblems().isEmpty)
    }

    @Test("writes that wait together are one transaction, and a long one is one of its own")
    func together() async throws {
        let directory = try TemporaryDirectory()
        let commits = CommitCounter()
        let (store, release) = try heldStore(directory) {
            $0.pool.add(transactionObserver: commits, extent: .observerLifetime)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in Int64(0)..<40 {
                group.addTask { try await store.write("test") { try Self.put(number, into: $0) } }
            }
            group.addTask { try await store.write("test", isAlone: true) { try Self.put(99, into: $0) } }
            while store.writes.waitingCount < 41 { await Task.yield() }
            release()
            try await group.waitForAll()
        }
        #expect(try await numbers(in: store) == Array(0..<40) + [99])
        // The long one, and those before and after it.
        #expect((2...3).contains(commits.count))
    }

    @Test("an engine that has been replaced fails all writes of a group, and leaves nothing")
    func fencing() async throws {
        let directory = try TemporaryDirectory()
        let (store, release) = try heldStore(directory)
        store.pool.asyncWriteWithoutTransaction { database in
            try? database.execute(sql: "INSERT INTO engine (boot_id, started_at) VALUES ('x', 0)")
        }
        let errors = await failures(of: 20, in: store, release) { try Self.put($0, into: $1) }
        #expect(errors == Array(repeating: StoreError.fenced(mine: store.epoch, newest: store.epoch + 1), count: 20))
        #expect(try await numbers(in: store).isEmpty)
    }

    @Test("what takes back the whole transaction fails everyone in it")
    func wholeTransaction() async throws {
        let directory = try TemporaryDirectory()
        let (store, release) = try heldStore(directory)
        let errors = await failures(of: 20, in: store, release) { number, database in
            try Self.put(number, into: database)
            // As a full disk does.
            if number == 7 {
                try database.execute(sql: "INSERT OR ROLLBACK INTO delivery (id, seen_at) VALUES ('d7', 7)")
            }
        }
        #expect(errors.count == 20)
        #expect(try await numbers(in: store).isEmpty)
        try await store.write("test") { try Self.put(1, into: $0) }
        #expect(try await numbers(in: store) == [1])
    }

    @Test("a write whose task was cancelled before it began changes nothing")
    func cancelled() async throws {
        let directory = try TemporaryDirectory()
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await store.write("test") { try Self.put(1, into: $0) }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await numbers(in: store).isEmpty)
    }

    /// Lets `count` writes wait together, and says which errors they ended in.
    private func failures(
        of count: Int64, in store: Store, _ release: @Sendable () -> Void,
        _ body: @escaping @Sendable (Int64, Database) throws -> Void
    ) async -> [StoreError] {
        await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        try await store.write("test") { try body(number, $0) }
                        return nil
                    } catch {
                        return error as? StoreError
                    }
                }
            }
            while store.writes.waitingCount < count { await Task.yield() }
            release()
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
    }
}

/// A class because GRDB keeps its observers by reference.
private final class CommitCounter: TransactionObserver, Sendable {
    private let commits = Mutex(0)

    var count: Int { commits.withLock { $0 } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ database: Database) { commits.withLock { $0 += 1 } }
    func databaseDidRollback(_ database: Database) {}
}
