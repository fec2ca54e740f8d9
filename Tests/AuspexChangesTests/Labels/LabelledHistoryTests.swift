import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct LabelledHistoryTests {
    private static let day: Int64 = 86_400

    private func history(
        of repository: TemporaryRepository, in folder: String = "",
        _ options: LabelOptions = LabelOptions(maturity: .hours(0))
    ) async throws -> LabelledHistory {
        try await GitRepository(directory: repository.path + folder, environment: repository.environment)
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

    /// One commit that a fix repairs, between others; the bad one is returned.
    private func breakAndFix(_ repository: TemporaryRepository, _ file: String) async throws -> String {
        try repository.write(file, "one\ntwo\nthree\n")
        try await repository.commit("begin", seconds: Self.day)
        try repository.write(file, "one\nbroken\nthree\n")
        let bad = try await repository.commit("change the price", seconds: 2 * Self.day)
        try repository.write(file, "one\nright\nthree\n")
        try await repository.commit("fix the price", seconds: 3 * Self.day)
        return bad
    }

    @Test("from a directory in the repository, or without a working tree, the labels are the same")
    func places() async throws {
        try await TemporaryRepository.with { repository in
            let bad = try await breakAndFix(repository, "src/shop/price.txt")
            try await repository.git(["clone", "--quiet", "--bare", ".", "bare copy.git"])
            for folder in ["", "/src", "/src/shop", "/.git", "/bare copy.git"] {
                let history = try await history(of: repository, in: folder)
                #expect(harmful(history) == [bad] && history.skippedFixes == 0, "'\(folder)'")
            }
        }
    }

    @Test("the settings of the repository don't change who is blamed")
    func settings() async throws {
        try await TemporaryRepository.with { repository in
            let bad = try await breakAndFix(repository, "price.txt")
            let list = repository.path + "/.git/ignored"
            try repository.write(".git/ignored", bad + "\n")
            try repository.write(".git/info/attributes", "*.txt diff=shout\n")
            // Run once a file, it would leave all lines the same and a trace.
            let trace = repository.path + "/.git/trace"
            try await repository.git(["config", "diff.shout.textconv", "echo same; touch '\(trace)'; true"])
            try await repository.git(["config", "blame.ignoreRevsFile", list])
            try await repository.git(["config", "diff.interHunkContext", "100"])
            let history = try await history(of: repository)
            #expect(harmful(history) == [bad] && history.skippedFixes == 0)
            #expect(!FileManager.default.fileExists(atPath: trace))
        }
    }

    @Test("unchanged lines between two that a fix changes are not counted as changed, whatever the settings")
    func hunks() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("price.txt", "one\ntwo\nthree\nfour\n")
            let bad = try await repository.commit("begin", seconds: Self.day)
            try repository.write("price.txt", "one\ntwo\ndrei\nfour\n")
            try await repository.commit("translate", seconds: 2 * Self.day)
            try repository.write("price.txt", "one\n2\ndrei\n4\n")
            try await repository.commit("fix the digits", seconds: 3 * Self.day)
            try await repository.git(["config", "diff.interHunkContext", "100"])
            #expect(harmful(try await history(of: repository)) == [bad])
        }
    }

    @Test("a list of ignored commits that is lacking is an error, since git then blames nobody")
    func lackingList() async throws {
        try await TemporaryRepository.with { repository in
            _ = try await breakAndFix(repository, "price.txt")
            try await repository.git(["config", "blame.ignoreRevsFile", "nowhere"])
            await #expect(throws: GitError.self) { try await history(of: repository) }
        }
    }

    @Test("commits that a fix beyond the limit may have repaired get no label and are counted")
    func mostFixes() async throws {
        try await TemporaryRepository.with { repository in
            // Commits 0 and 2 did harm; 1 and 3 are fixes.
            for (number, message) in ["begin", "fix a", "worse", "fix b", "go on"].enumerated() {
                try repository.write("price.txt", "line \(number)\n")
                try await repository.commit(message, seconds: Int64(number + 1) * Self.day)
            }
            func counts(_ mostFixes: Int, maturity: TimeSpan = .hours(0)) async throws -> [Int] {
                let history = try await history(
                    of: repository, LabelOptions(mostFixes: mostFixes, maturity: maturity))
                return [history.commits.count, harmful(history).count, history.unfollowed, history.immature]
            }
            #expect(try await counts(2) == [5, 2, 0, 0])
            #expect(try await counts(1) == [4, 1, 1, 0])
            #expect(try await counts(0) == [2, 0, 3, 0])
            #expect(try await counts(0, maturity: .hours(72)) == [0, 0, 2, 3])
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
