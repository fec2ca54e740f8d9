import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct FeatureTwinTests {
    @Test(
        "what git tells agrees with what the history's author knows",
        arguments: [(1, 1), (2, 1), (3, 2), (4, 3), (5, 5), (6, 20)] as [(UInt64, Int)])
    func throughGit(seed: UInt64, rangeCount: Int) async throws {
        let model = FeatureModel(seed: seed, count: 20)
        try await TemporaryRepository.with { repository in
            try await model.write(to: repository)
            let range = rangeCount < 20 ? "HEAD~\(rangeCount)..HEAD" : "HEAD"
            let count = rangeCount < 20 ? rangeCount : 1
            let report = try await GitRepository(directory: repository.path, environment: repository.environment)
                .features(of: try GitRange(parsing: range))
            #expect(report.commits.count == count)
            for (offset, commit) in report.commits.enumerated() {
                let position = 20 - count + offset
                #expect(agree(commit.features, model.features(position..<(position + 1))), "commit \(position)")
            }
            #expect(agree(report.change, model.features((20 - count)..<20)))
            #expect(report.history.count == (20 - count) / count)
            for (block, features) in report.history.enumerated() {
                let end = 20 - count - block * count
                #expect(agree(features, model.features((end - count)..<end)), "block ending at \(end)")
            }
        }
    }

    /// The model's commits as the log's parser would hand them over.
    private func parsed(_ model: FeatureModel) -> [GitCommit] {
        var paths: [Int: String] = [:]
        return model.commits.map { commit in
            let files = commit.touches.map { touch in
                let previous = paths.updateValue(touch.path, forKey: touch.file)
                return GitFileChange(
                    path: touch.path, previousPath: previous == touch.path ? nil : previous, added: touch.added,
                    deleted: touch.deleted)
            }
            return GitCommit(
                sha: "", time: Timestamp(milliseconds: commit.seconds * 1_000), authorEmail: commit.author,
                message: commit.message, files: files)
        }
    }

    @Test("every range of longer histories agrees with the definitions", arguments: 10..<20)
    func withoutGit(seed: Int) {
        let model = FeatureModel(seed: UInt64(seed), count: 60)
        let commits = parsed(model)
        for rangeCount in [1, 2, 7, 31, 60] {
            var walk = FeatureWalk(total: 60, rangeCount: rangeCount, startsWithSnapshot: false)
            for commit in commits { walk.take(commit) }
            let start = 60 - rangeCount
            #expect(agree(walk.change, model.features(start..<60)))
            #expect(walk.history.count == start / rangeCount)
            for (block, features) in walk.history.reversed().enumerated() {
                let end = start - block * rangeCount
                #expect(agree(features, model.features((end - rangeCount)..<end)))
            }
        }
    }

    @Test("the past that is compared with is bounded, the state is not")
    func boundedHistory() {
        var walk = FeatureWalk(total: 1_500, rangeCount: 1, startsWithSnapshot: false)
        for number in 0..<1_500 {
            let file = GitFileChange(path: "a", added: 1, deleted: 0)
            walk.take(
                GitCommit(
                    sha: "", time: Timestamp(milliseconds: Int64(number)), authorEmail: "a", message: "", files: [file])
            )
        }
        #expect(walk.history.count == FeatureWalk.longestHistory)
        #expect(walk.change.linesBefore == 1_499 && walk.change.experience == 1_499)
    }

    @Test("a developer's past is as long as the days it spans, however many commits they hold")
    func boundedPast() throws {
        var history = ChangeHistory()
        let minute: Int64 = 60_000
        let times = (0..<5_000).map { Timestamp(milliseconds: Int64($0) * 2 * minute) }
        for (number, time) in times.enumerated() {
            let folders = number.isMultiple(of: 3) ? ["core"] : ["core", "web"]
            history.apply(
                GitCommit(
                    sha: "", time: time, authorEmail: "ann", message: "",
                    files: folders.map { GitFileChange(path: "\($0)/a", added: 1, deleted: 0) }))
        }
        let past = try #require(history.past(of: "ann"))
        #expect(past.days.count == 7 && past.commitsBySubsystems.count == 2)
        let now = Timestamp(milliseconds: 400 * 86_400_000)
        let next = GitCommit(
            sha: "", time: now, authorEmail: "ann", message: "",
            files: [GitFileChange(path: "web/b", added: 1, deleted: 0)])
        let features = history.features(of: [next])
        let expected = times.reduce(0.0) { sum, time in
            sum + 1 / (1 + Double((now - time).milliseconds) / 86_400_000 / 365.25)
        }
        #expect(features.experience == 5_000)
        #expect(features.subsystemExperience == 3_333)
        #expect(abs(features.recentExperience / expected - 1) < 1e-6)
    }

    @Test("lines at a path count, also when another file has come in its place since")
    func replacedPath() {
        func commit(_ files: [GitFileChange]) -> GitCommit {
            GitCommit(sha: "", time: Timestamp(milliseconds: 0), authorEmail: "ann", message: "", files: files)
        }
        var history = ChangeHistory()
        history.apply(
            commit([
                GitFileChange(path: "a", added: 10, deleted: 0), GitFileChange(path: "b", added: 5, deleted: 0),
            ]))
        let edited = commit([GitFileChange(path: "a", added: 3, deleted: 1)])
        let removed = commit([GitFileChange(path: "b", added: 0, deleted: 5)])
        let moved = commit([GitFileChange(path: "b", previousPath: "a", added: 2, deleted: 0)])
        for commits in [[edited, removed, moved], [removed, moved], [removed, edited, moved]] {
            let features = history.features(of: commits)
            let files = commits.flatMap(\.files)
            #expect(features.linesAdded == files.reduce(0) { $0 + $1.added })
            #expect(features.linesDeleted == files.reduce(0) { $0 + $1.deleted })
            #expect(features.files == 1 && features.linesBefore == 10)
        }
    }

    @Test("two files that trade names keep their pasts")
    func tradedNames() {
        func commit(_ seconds: Int64, _ author: String, _ files: [GitFileChange]) -> GitCommit {
            GitCommit(
                sha: "", time: Timestamp(milliseconds: seconds * 86_400_000), authorEmail: author, message: "",
                files: files)
        }
        var history = ChangeHistory()
        history.apply(commit(0, "ann", [GitFileChange(path: "a", added: 10, deleted: 0)]))
        history.apply(commit(1, "bob", [GitFileChange(path: "b", added: 3, deleted: 0)]))
        let trade = commit(
            2, "cat",
            [
                GitFileChange(path: "b", previousPath: "a", added: 0, deleted: 0),
                GitFileChange(path: "a", previousPath: "b", added: 0, deleted: 0),
            ])
        let features = history.features(of: [trade])
        #expect(features.linesBefore == 13 && features.developers == 2 && features.uniqueChanges == 2)
        #expect(features.age == 1.5)
        history.apply(trade)
        #expect(history.files["a"]?.lines == 3 && history.files["b"]?.lines == 10)
        let both = history.features(of: [trade, trade])
        #expect(both.files == 2 && both.linesBefore == 13)
    }

    @Test("a clock that runs backwards makes nothing younger than now")
    func backwards() {
        func commit(_ days: Int64) -> GitCommit {
            GitCommit(
                sha: "", time: Timestamp(milliseconds: days * 86_400_000), authorEmail: "ann", message: "",
                files: [GitFileChange(path: "a", added: 1, deleted: 0)])
        }
        var history = ChangeHistory()
        history.apply(commit(400))
        let features = history.features(of: [commit(0)])
        #expect(features.age == 0 && features.recentExperience == 1)
    }
}
