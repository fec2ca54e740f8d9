import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexStore

@Suite struct PushStoreTests {
    private func withStore(_ body: (PushStore, Store) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let store = try Store(directory: directory.path, clock: StoppedClock(moment: noon))
        try await body(PushStore(store: store), store)
    }

    private func push(_ sha: String, after before: String, at hour: Int64?, _ count: Int = 1) -> PushedCommits {
        PushedCommits(
            repository: "acme/shop", sha: sha, before: before,
            committedAt: hour.map { Timestamp(milliseconds: $0 * 3_600_000) }, count: count,
            pushedAt: Timestamp(milliseconds: 1_000_000_000))
    }

    @Test("a deploy brings the pushes since the version that it replaces")
    func chain() async throws {
        try await withStore { pushes, _ in
            try await pushes.save(push("b", after: "a", at: 5, 2))
            try await pushes.save(push("c", after: "b", at: 3))
            try await pushes.save(push("d", after: "c", at: 7))
            func commits(_ version: String, _ previous: String) async throws -> (Int64?, Int)? {
                let found = try await pushes.commits(repository: "acme/shop", version: version, previous: previous)
                return found.map { ($0.committedAt.map { $0.milliseconds / 3_600_000 }, $0.count) }
            }
            for (version, previous, hour, count) in [
                ("d", "a", 3, 4), ("d", "c", 7, 1), ("d", "b", 3, 2), ("d", "", 7, 1), ("c", "unknown", 3, 1),
                ("b", "d", 5, 2),
            ] {
                let found = try await commits(version, previous)
                #expect(found?.0 == Int64(hour) && found?.1 == count, "\(previous)..\(version)")
            }
            #expect(try await commits("x", "a") == nil)
            #expect(try await pushes.commits(repository: "acme/cart", version: "d", previous: "") == nil)
        }
    }

    @Test("where a push does not tell how old it is, nobody knows; pushes in a ring have an end")
    func unknown() async throws {
        try await withStore { pushes, store in
            try await pushes.save(push("b", after: "c", at: nil, 30))
            try await pushes.save(push("c", after: "b", at: 3, 1))
            let found = try await pushes.commits(repository: "acme/shop", version: "b", previous: "a")
            #expect(found?.committedAt == nil && found?.count == 30)
            try await pushes.save(push("b", after: "c", at: 9, 1))
            let again = try await pushes.commits(repository: "acme/shop", version: "b", previous: "")
            #expect(again?.count == 30, "what was told first stays")
            #expect(try await store.removeRecords(before: Timestamp(milliseconds: 1_000_000_001)) == 2)
            #expect(try await pushes.commits(repository: "acme/shop", version: "b", previous: "") == nil)
        }
    }
}
