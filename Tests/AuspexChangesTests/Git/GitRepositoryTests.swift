import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct GitRepositoryTests {
    private func features(
        _ repository: TemporaryRepository, _ range: String, environment: [String: String] = [:]
    ) async throws -> FeatureReport {
        let all = repository.environment.merging(environment) { $1 }
        return try await GitRepository(directory: repository.path, environment: all)
            .features(of: try GitRange(parsing: range))
    }

    @Test("a directory that is no repository, and one that does not exist")
    func noRepository() async throws {
        let folder = try TemporaryDirectory.make("auspex-empty")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let head = try GitRange(parsing: "HEAD")
        await #expect(throws: GitError.notARepository(folder)) {
            try await GitRepository(directory: folder).features(of: head)
        }
        await #expect(throws: GitError.noSuchDirectory(folder + "/none")) {
            try await GitRepository(directory: folder + "/none").features(of: head)
        }
    }

    @Test("revisions that do not exist, and ranges that hold nothing")
    func badRanges() async throws {
        try await TemporaryRepository.with { repository in
            await #expect(throws: GitError.noCommits(repository.path)) {
                try await features(repository, "HEAD")
            }
            try repository.write("a", "1\n")
            try await repository.commit("one", seconds: 1)
            try repository.write("a", "2\n")
            try await repository.commit("two", seconds: 2)
            await #expect(throws: GitError.unknownRevision("nope", isShallow: false)) {
                try await features(repository, "nope..HEAD")
            }
            await #expect(throws: GitError.emptyRange("HEAD..HEAD")) { try await features(repository, "HEAD..HEAD") }
            await #expect(throws: GitError.emptyRange("HEAD..HEAD~1")) {
                try await features(repository, "HEAD..HEAD~1")
            }
            // A file's content is an object too, but not a commit.
            await #expect(throws: GitError.unknownRevision("HEAD:a", isShallow: false)) {
                try await features(repository, "HEAD:a")
            }
        }
    }

    @Test("a root commit is measured against nothing")
    func root() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a.txt", "1\n2\n3\n")
            try repository.write("src/b.txt", "1\n")
            let sha = try await repository.commit("fix everything", seconds: 1_000)
            let report = try await features(repository, "HEAD")
            #expect(report.to == sha && report.from == nil && report.commits.map(\.sha) == [sha])
            let change = report.change
            #expect(change.linesAdded == 4 && change.linesDeleted == 0 && change.linesBefore == 0)
            #expect(change.files == 2 && change.directories == 2 && change.subsystems == 2)
            // -(3/4 log2 3/4 + 1/4 log2 1/4) / log2 2
            #expect(abs(change.entropy - 0.811_278_124_459_132_8) < 1e-15)
            #expect(change.isFix)
            #expect(change.developers == 0 && change.age == 0 && change.uniqueChanges == 0 && change.experience == 0)
            #expect(report.history.isEmpty && report.notes.isEmpty)
        }
    }

    @Test("paths with line feeds, blanks and letters of all kinds, binary files, renames")
    func oddFiles() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("plain", (1...20).map { "line \($0)\n" }.joined())
            try repository.write("dir/new\nline", "1\n")
            try repository.write("ünïcödé/日本 語.txt", "1\n")
            try repository.write("picture", "\u{0}\u{1}\u{2}")
            try await repository.commit("one", seconds: 86_400)
            try FileManager.default.createDirectory(
                atPath: repository.path + "/moved", withIntermediateDirectories: true)
            try await repository.git(["mv", "plain", "moved/other\tname"])
            try repository.write("moved/other\tname", (1...21).map { "line \($0)\n" }.joined())
            try repository.write("dir/new\nline", "2\n")
            try repository.write("picture", "\u{0}\u{1}\u{3}")
            try repository.write("ünïcödé/日本 語.txt", "1\n2\n")
            try await repository.commit("two", author: "bob", seconds: 3 * 86_400)
            let report = try await features(repository, "HEAD~1..HEAD")
            let change = report.change
            #expect(change.files == 4 && change.directories == 4 && change.subsystems == 4)
            #expect(change.linesAdded == 3 && change.linesDeleted == 1)
            #expect(change.linesBefore == 22, "20 of the renamed file, 1 and 1; a binary file has no lines")
            #expect(change.developers == 1 && change.uniqueChanges == 1 && change.age == 2)
            #expect(change.experience == 0, "bob is new")
            #expect(report.history.count == 1)
        }
    }

    @Test("a merge is one commit of the main line, with what it brought in")
    func merge() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a", "1\n")
            let base = try await repository.commit("base", seconds: 100)
            try await repository.git(["checkout", "--quiet", "-b", "side"])
            for number in 1...3 {
                try repository.write("side/\(number)", "x\ny\n")
                try await repository.commit("side \(number)", author: "bob", seconds: 100 + Int64(number))
            }
            try await repository.git(["checkout", "--quiet", "main"])
            try repository.write("b", "1\n")
            try await repository.commit("main", seconds: 200)
            try await repository.git(
                ["merge", "--quiet", "--no-edit", "--message", "Merge side", "side"], author: "cat", seconds: 300)
            let report = try await features(repository, "\(base)..HEAD")
            #expect(report.commits.map(\.subject) == ["main", "Merge side"])
            #expect(report.commits.map(\.isMerge) == [false, true])
            #expect(report.commits[1].features.files == 3 && report.commits[1].features.linesAdded == 6)
            #expect(report.commits[1].author == "cat")
            #expect(report.change.linesAdded == 7 && report.change.files == 4)
        }
    }

    @Test("a submodule is a file of one line")
    func submodule() async throws {
        try await TemporaryRepository.with { inner in
            try inner.write("x", "1\n")
            try await inner.commit("inner", seconds: 1)
            try await TemporaryRepository.with { repository in
                try repository.write("a", "1\n")
                try await repository.commit("one", seconds: 1)
                try await repository.git(["submodule", "--quiet", "add", inner.path, "lib/inner"])
                try await repository.commit("submodule", seconds: 2)
                let report = try await features(repository, "HEAD")
                #expect(report.change.files == 2, ".gitmodules and the link itself")
                #expect(report.change.linesAdded == 4)
            }
        }
    }

    @Test("a range whose left side is elsewhere says what it leaves out")
    func diverged() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a", "1\n")
            try await repository.commit("base", seconds: 1)
            try await repository.git(["checkout", "--quiet", "-b", "old"])
            try repository.write("b", "1\n")
            try await repository.commit("only old", seconds: 2)
            try await repository.git(["checkout", "--quiet", "main"])
            try repository.write("c", "1\n")
            try await repository.commit("only main", seconds: 3)
            let report = try await features(repository, "old..main")
            #expect(report.commits.map(\.subject) == ["only main"])
            #expect(report.notes.count == 1 && report.notes.first?.contains("undone") == true)
        }
    }

    @Test("a shallow clone is measured as far as it goes and says so")
    func shallow() async throws {
        try await TemporaryRepository.with { repository in
            for number in 1...5 {
                try repository.write("a", String(repeating: "x\n", count: number * 10))
                try await repository.commit("commit \(number)", author: "ann", seconds: Int64(number) * 86_400)
            }
            let clone = try TemporaryDirectory.make("auspex-clone")
            defer { try? FileManager.default.removeItem(atPath: clone) }
            try await repository.git(["clone", "--quiet", "--depth", "3", "file://" + repository.path, clone])
            let git = GitRepository(directory: clone, environment: repository.environment)
            let report = try await git.features(of: try GitRange(parsing: "HEAD~1..HEAD"))
            #expect(report.change.linesAdded == 10 && report.change.linesBefore == 40)
            #expect(report.change.experience == 1, "the edge of the clone is nobody's commit")
            #expect(report.change.developers == 1 && report.change.age == 1)
            #expect(report.history.map(\.linesAdded) == [10], "and no change to compare with")
            #expect(report.notes.first?.contains("shallow") == true)
            await #expect(throws: GitError.unknownRevision("HEAD~3", isShallow: true)) {
                try await git.features(of: try GitRange(parsing: "HEAD~3..HEAD"))
            }
            await #expect(throws: GitError.shallowBoundary("HEAD~2")) {
                try await git.features(of: try GitRange(parsing: "HEAD~2"))
            }
        }
    }

    @Test("settings of the user and the repository do not change what is read")
    func settings() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("ä", (1...10).map { "line \($0)\n" }.joined())
            try await repository.commit("one", seconds: 1)
            try await repository.git(["mv", "ä", "b"])
            try await repository.commit("two", seconds: 2)
            let before = try await features(repository, "HEAD")
            #expect(before.change.files == 1 && before.change.linesAdded == 0 && before.change.linesBefore == 10)
            for (name, value) in [
                ("diff.renames", "false"), ("diff.external", "/bin/false"), ("log.showSignature", "true"),
                ("core.pager", "/bin/false"), ("log.date", "relative"), ("color.ui", "always"),
                ("diff.noprefix", "true"), ("format.pretty", "oneline"), ("log.decorate", "full"),
                ("core.quotepath", "true"), ("log.showRoot", "false"), ("i18n.logOutputEncoding", "latin1"),
            ] {
                try await repository.git(["config", name, value])
            }
            #expect(try await features(repository, "HEAD") == before)
            #expect(
                try await features(
                    repository, "HEAD", environment: ["GIT_DIR": "/nonexistent", "GIT_PAGER": "/bin/false"]) == before)
        }
    }

    @Test(
        "the repository's own settings do not change what a merge is measured by",
        arguments: ["off", "none", "on", "first-parent", "separate", "combined", "dense-combined", "remerge"])
    func mergeSettings(value: String) async throws {
        try await TemporaryRepository.with { repository in
            try repository.write("a", "1\n")
            try await repository.commit("one", seconds: 1)
            try await repository.git(["checkout", "--quiet", "-b", "side"])
            try repository.write("b", "1\n2\n3\n")
            try await repository.commit("side", seconds: 2)
            try await repository.git(["checkout", "--quiet", "main"])
            try repository.write("a", "1\n2\n")
            try await repository.commit("two", seconds: 3)
            try await repository.git(
                ["merge", "--quiet", "--no-ff", "--no-edit", "--message", "Merge side", "side"], seconds: 4)
            let before = try await features(repository, "HEAD")
            #expect(before.change.linesAdded == 3 && before.change.files == 1)
            try await repository.git(["config", "log.diffMerges", value])
            #expect(try await features(repository, "HEAD") == before)
        }
    }

    @Test("settings that hide lines or renames are not heeded")
    func countingSettings() async throws {
        try await TemporaryRepository.with { repository in
            for file in ["a", "b", "c"] {
                try repository.write(file, (1...20).map { "line \($0) of \(file)\n" }.joined())
            }
            try await repository.commit("one", seconds: 1)
            for file in ["a", "b", "c"] {
                try await repository.git(["mv", file, "moved-" + file])
                try repository.write(
                    "moved-" + file, (1...20).map { "line \($0) of \(file)\n" }.joined() + "one more\n")
            }
            try await repository.commit("two", seconds: 2)
            let before = try await features(repository, "HEAD")
            #expect(before.change.files == 3 && before.change.linesAdded == 3 && before.change.linesBefore == 60)
            let attributes = repository.path + "/.git/attributes"
            try Data("* binary\n".utf8).write(to: URL(filePath: attributes))
            for (name, value) in [
                ("core.attributesFile", attributes), ("core.bigFileThreshold", "1"), ("diff.renameLimit", "1"),
                ("diff.algorithm", "histogram"), ("diff.orderFile", attributes), ("diff.relative", "true"),
                ("diff.suppressBlankEmpty", "true"), ("log.mailmap", "false"), ("log.follow", "true"),
            ] {
                try await repository.git(["config", name, value])
                #expect(try await features(repository, "HEAD") == before, "\(name)")
            }
        }
    }

    @Test("a shallow clone whose main line is whole is measured from its real beginning")
    func shallowElsewhere() async throws {
        try await TemporaryRepository.with { repository in
            for number in 1...3 {
                try repository.write("a", String(repeating: "x\n", count: number * 10))
                try await repository.commit("commit \(number)", author: "ann", seconds: Int64(number) * 86_400)
            }
            try await repository.git(["checkout", "--quiet", "--orphan", "long"])
            for number in 1...6 {
                try repository.write("b", "\(number)\n")
                try await repository.commit("long \(number)", seconds: Int64(number))
            }
            try await repository.git(["checkout", "--quiet", "main"])
            let clone = try TemporaryDirectory.make("auspex-clone")
            defer { try? FileManager.default.removeItem(atPath: clone) }
            try await repository.git([
                "clone", "--quiet", "--depth", "4", "--no-single-branch", "file://" + repository.path, clone,
            ])
            let git = GitRepository(directory: clone, environment: repository.environment)
            let report = try await git.features(of: try GitRange(parsing: "HEAD~1..HEAD"))
            #expect(report.notes.isEmpty)
            #expect(report == (try await features(repository, "HEAD~1..HEAD")))
            #expect(report.change.experience == 2 && report.history.count == 2)
            await #expect(throws: GitError.unknownRevision("HEAD~9", isShallow: true)) {
                try await git.features(of: try GitRange(parsing: "HEAD~9..HEAD"))
            }
        }
    }

    @Test("authors are unified by the repository's mail map")
    func mailmap() async throws {
        try await TemporaryRepository.with { repository in
            try repository.write(".mailmap", "Ann <ann@example.org> <old@example.org>\n")
            try await repository.commit("one", author: "old", seconds: 1)
            try repository.write("a", "1\n")
            try await repository.commit("two", author: "ann", seconds: 2)
            let report = try await features(repository, "HEAD")
            #expect(report.change.experience == 1)
        }
    }
}
