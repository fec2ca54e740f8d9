import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct LabelledHistoryTests {
    private static let day: Int64 = 86_400

    private func history(
        of repository: TemporaryRepository, _ options: LabelOptions = LabelOptions(maturity: .hours(0))
    ) async throws -> LabelledHistory {
        try await GitRepository(directory: repository.path, environment: repository.environment)
            .labelledHistory(upTo: try GitRange(parsing: "HEAD"), options: options)
    }

    private func harmful(_ history: LabelledHistory) -> [String] {
        history.commits.filter(\.change.isHarmful).map(\.sha)
    }

    @Test("the commit that brought in a line which a fix replaces did harm, those around it didn't")
    func blame() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("shop.txt", "one\ntwo\nthree\n")
            try await repository.commit("begin", seconds: Self.day)
            try repository.write("shop.txt", "one\ntwo\nbroken\nthree\n")
            let bad = try await repository.commit("add a price", seconds: 2 * Self.day)
            try repository.write("shop.txt", "one\ntwo\nbroken\nthree\nfour\n")
            try await repository.commit("add a line", seconds: 3 * Self.day)
            try repository.write("shop.txt", "one\ntwo\nright\nthree\nfour\n")
            try await repository.commit("fix the price", seconds: 4 * Self.day)
            let history = try await history(of: repository)
            #expect(harmful(history) == [bad])
            #expect(history.commits.count == 4 && history.fixes == 1 && history.skippedFixes == 0)
        }
    }

    @Test("neither a change that is no fix, nor a fix that only adds or moves brackets, blames anybody")
    func noBlame() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a.txt", "one\n{\ntwo\n")
            try await repository.commit("begin", seconds: Self.day)
            try repository.write("a.txt", "uno\n{\ntwo\n")
            try await repository.commit("translate", seconds: 2 * Self.day)
            try repository.write("a.txt", "uno\ntwo\nthree\n")
            try await repository.commit("fix: add three", seconds: 3 * Self.day)
            try repository.write("a.txt", "uno\n   two\nthree\n")
            try await repository.commit("fix the blanks", seconds: 4 * Self.day)
            #expect(harmful(try await history(of: repository)).isEmpty)
        }
    }

    @Test("lines are followed through a renamed file, and what looks like a header in a hunk is a line")
    func renamed() async throws {
        try await TemporaryRepository.with { repository in
            let lines = (1...20).map { "line \($0)\n" }.joined()
            try repository.write("old name.txt", lines)
            try await repository.commit("begin", seconds: Self.day)
            try repository.write("old name.txt", lines + "-- a/other.txt\n")
            let bad = try await repository.commit("add a comment", seconds: 2 * Self.day)
            try await repository.git(["mv", "old name.txt", "new name.txt"])
            try await repository.commit("rename", seconds: 3 * Self.day)
            try repository.write("new name.txt", lines + "-- a/another.txt\n")
            try await repository.commit("fixes #3", seconds: 4 * Self.day)
            #expect(harmful(try await history(of: repository)) == [bad])
        }
    }

    @Test("young commits have no label, and fixes over the limits are counted as left out")
    func limits() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a.txt", "one\n")
            try repository.write("b.txt", "one\n")
            try await repository.commit("begin", seconds: Self.day)
            try repository.write("a.txt", "two\n")
            try repository.write("b.txt", "two\n")
            try await repository.commit("fix both", seconds: 100 * Self.day)
            let history = try await history(of: repository, LabelOptions(mostFiles: 1))
            #expect(history.commits.count == 1 && history.immature == 1)
            #expect(history.fixes == 0 && history.skippedFixes == 1 && harmful(history).isEmpty)
        }
    }

    @Test("the table is read back with the same measures and labels")
    func table() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("src/a.txt", "one\ntwo\n")
            try await repository.commit("begin", seconds: Self.day)
            try repository.write("src/a.txt", "one\nthree\n")
            try await repository.commit("fix two", seconds: 2 * Self.day)
            let history = try await history(of: repository)
            let table = try RiskTable(csv: history.csv, file: "labels")
            #expect(table.changes == history.commits.map(\.change))
            #expect(table.changes.map(\.isHarmful) == [true, false] && table.missing.isEmpty)
        }
    }
}
