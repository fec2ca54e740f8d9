import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct HistoryCacheTests {
    /// The report without and with a cache, which must be the same but for what is said of the cache.
    private func both(
        _ repository: TemporaryRepository, _ range: String, _ cache: HistoryCache = .repository,
        _ comment: Comment = ""
    ) async throws -> [String] {
        let git = GitRepository(directory: repository.path, environment: repository.environment)
        let plain = try await git.features(of: try GitRange(parsing: range))
        var cached = try await git.features(of: try GitRange(parsing: range), cache: cache)
        let notes = cached.cacheNotes
        cached.cacheNotes = []
        #expect(cached == plain, comment)
        return notes
    }

    private func kept(_ repository: TemporaryRepository) throws -> KeptHistory {
        let file = repository.path + "/.git/auspex-history"
        return try KeptHistory(bytes: [UInt8](Data(contentsOf: URL(filePath: file))))
    }

    @Test("with a cache the same comes out as without, push after push", arguments: [UInt64(1), 2, 3])
    func pushes(seed: UInt64) async throws {
        try await TemporaryRepository.with { repository in
            try await FeatureModel(seed: seed, count: 20).write(to: repository)
            let pushes = [
                ("HEAD~9", 11), ("HEAD~8..HEAD~5", 15), ("HEAD~4", 16), ("HEAD~4..HEAD", 20), ("HEAD", 20),
                // An older range takes nothing away from what is kept.
                ("HEAD~10", 20),
            ]
            for (range, count) in pushes {
                #expect(try await both(repository, range, .repository, "\(range)") == [])
                #expect(try kept(repository).commits.count == count)
            }
        }
    }

    @Test("a history that was rewritten goes on from where the two part")
    func rewritten() async throws {
        try await TemporaryRepository.with { repository in
            for number in 0..<6 {
                try repository.write("f\(number % 3)", String(repeating: "x\n", count: number))
                try await repository.commit("c\(number)", author: "a\(number % 2)", seconds: Int64(number) * 86_400)
            }
            _ = try await both(repository, "HEAD")
            try await repository.git(["reset", "--quiet", "--hard", "HEAD~3"])
            for number in 0..<2 {
                try repository.write("g", "\(number)\n")
                try await repository.commit("other \(number)", seconds: 900_000 + Int64(number))
            }
            #expect(try await both(repository, "HEAD~1..HEAD") == [])
            #expect(try kept(repository).commits.map(\.message) == ["c0", "c1", "c2", "other 0", "other 1"])
        }
    }

    @Test("a merge brings commits that are none of the main line's, and the cache goes by the main line")
    func merged() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a", "1\n")
            try await repository.commit("one", seconds: 1)
            try await repository.git(["checkout", "--quiet", "-b", "side"])
            try repository.write("b", "1\n")
            try await repository.commit("side", seconds: 2)
            _ = try await both(repository, "HEAD")
            try await repository.git(["checkout", "--quiet", "main"])
            try repository.write("c", "1\n")
            try await repository.commit("main", seconds: 3)
            try await repository.git(["merge", "--quiet", "--no-ff", "--message", "merge", "side"], seconds: 4)
            #expect(try await both(repository, "HEAD") == [])
            #expect(try kept(repository).commits.map(\.message) == ["one", "main", "merge"])
        }
    }

    @Test("a damaged file, and one of another repository, are put aside with a note")
    func foreign() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a", "1\n")
            try await repository.commit("one", seconds: 1)
            _ = try await both(repository, "HEAD")
            let file = repository.path + "/.git/auspex-history"
            let good = try Data(contentsOf: URL(filePath: file))
            for bad in [Data(), good.dropLast(), good + [0], Data("auspex-history 2\n".utf8) + good.dropFirst(17)] {
                try bad.write(to: URL(filePath: file))
                let notes = try await both(repository, "HEAD")
                #expect(notes.count == 1 && notes.first?.contains("damaged or of another version") == true)
                #expect(try Data(contentsOf: URL(filePath: file)) == good)
            }
            try await TemporaryRepository.with { other in
                try other.write("b", "1\n")
                try await other.commit("other", seconds: 1)
                try good.write(to: URL(filePath: other.path + "/.git/auspex-history"))
                let notes = try await both(other, "HEAD")
                #expect(notes.count == 1 && notes.first?.contains("of another repository") == true)
                #expect(try await both(other, "HEAD") == [])
            }
        }
    }

    @Test("a directory can hold the histories of several repositories, and one that cannot be written is no error")
    func directory() async throws {
        let folder = try TemporaryDirectory.make("auspex-history")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["one", "two"] {
            try await TemporaryRepository.with { repository in
                try repository.write(name, "1\n")
                try await repository.commit(name, seconds: 1)
                #expect(try await both(repository, "HEAD", .directory(folder + "/new")) == [])
                #expect(!FileManager.default.fileExists(atPath: repository.path + "/.git/auspex-history"))
                let notes = try await both(repository, "HEAD", .directory("/dev/null/x"))
                #expect(notes.count == 1 && notes.first?.contains("cannot be kept") == true)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/new").count == 2)
    }

    @Test("a shallow clone does not go on from a whole history, nor the other way round")
    func shallow() async throws {
        try await TemporaryRepository.with { repository in
            for number in 0..<5 {
                try repository.write("a", String(repeating: "x\n", count: number + 1))
                try await repository.commit("c\(number)", seconds: Int64(number))
            }
            let folder = try TemporaryDirectory.make("auspex-clone")
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let clone = TemporaryRepository(path: folder)
            try await clone.git(["clone", "--quiet", "--depth", "3", "file://" + repository.path, "."])
            _ = try await both(repository, "HEAD")
            try FileManager.default.copyItem(
                atPath: repository.path + "/.git/auspex-history", toPath: folder + "/.git/auspex-history")
            #expect(try await both(clone, "HEAD").count == 1)
            #expect(try await both(clone, "HEAD") == [])
            try await clone.git(["fetch", "--quiet", "--unshallow"])
            #expect(try await both(clone, "HEAD").count == 1)
        }
    }

    // MARK: Without git

    /// A history of made-up commits with renames, several developers and days.
    private func commits(_ count: Int, seed: UInt64) -> [GitCommit] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { number in
            let files = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let path = "d\(Int.random(in: 0..<5, using: &random))/f\(Int.random(in: 0..<40, using: &random))"
                let isMoved = Int.random(in: 0..<10, using: &random) == 0
                return GitFileChange(
                    path: path, previousPath: isMoved ? path + "x" : nil,
                    added: Int.random(in: 0..<50, using: &random), deleted: Int.random(in: 0..<20, using: &random))
            }
            return GitCommit(
                sha: "\(number)", parents: number > 0 ? ["\(number - 1)"] : [],
                time: Timestamp(milliseconds: Int64(number) * 9_000_000 - 50_000_000),
                authorEmail: "a\(Int.random(in: 0..<9, using: &random))",
                message: "subject\n\n" + (Int.random(in: 0..<3, using: &random) == 0 ? "fixes it" : "body"),
                files: files)
        }
    }

    @Test("a long history is folded, and what is kept of it measures as the whole does", arguments: [nil, "0"])
    func folded(edge: String?) throws {
        let all = commits(13_100, seed: 7)
        var history = KeptHistory(edge: edge)
        for commit in all { history.append(commit) }
        #expect(history.baseCount > 0 && history.commits.count >= KeptHistory.most && history.total == all.count)
        let read = try KeptHistory(bytes: history.bytes)
        #expect(read.bytes == history.bytes)
        for rangeCount in [1, 3, 10] {
            var walk = FeatureWalk(total: all.count, rangeCount: rangeCount, startsWithSnapshot: edge != nil)
            for commit in all { walk.take(commit) }
            for known in [history, read] {
                let again = try #require(known.walk(rangeCount: rangeCount))
                #expect(again.change == walk.change && again.history == walk.history && again.content == walk.content)
                #expect(again.commits.map(\.features) == walk.commits.map(\.features))
            }
        }
        #expect(history.walk(rangeCount: 12) == nil, "a thousand changes of twelve commits need more than is kept")
    }

    @Test("whatever byte is changed or missing, reading ends with an error or a history, never otherwise")
    func hostile() throws {
        var history = KeptHistory()
        for commit in commits(30, seed: 3) { history.append(commit) }
        let bytes = history.bytes
        var random = SplitMix64(seed: 4)
        for length in 0..<bytes.count {
            #expect(throws: HistoryReader.Damaged.self) { try KeptHistory(bytes: Array(bytes.prefix(length))) }
        }
        let content = Array(bytes.dropFirst(17).dropLast(8))
        for _ in 0..<3_000 {
            var broken = content
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                broken[Int.random(in: broken.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // With a right checksum the content itself is read.
            var hash = StableHash()
            hash.combine(broken)
            let sum = (0..<8).map { UInt8(truncatingIfNeeded: hash.value >> (8 * UInt64($0))) }
            if let read = try? KeptHistory(bytes: Array(bytes.prefix(17)) + broken + sum) {
                #expect(read.walk(rangeCount: 1).map { $0.taken == read.total } ?? true)
            }
        }
    }
}
