import AuspexDetection
import AuspexTesting
import Testing

@testable import AuspexEvaluation

@Suite("Baselines and sets") struct BaselineTests {
    /// Two sets of one and three files; every file has one peak, labelled.
    private func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        for (number, name) in ["small/a", "large/b", "large/c", "large/deep/d", "large/deep/e"].enumerated() {
            let rows = (0..<200).map { "\($0 % 5 + ($0 == 90 + number ? 40 : 0)),\($0 == 90 + number ? 1 : 0)\n" }
            try folder.file("\(name).csv", "value,label\n" + rows.joined())
        }
        return folder
    }

    private func run(_ paths: [String], _ detectors: [String]) async throws -> EvaluationResult {
        var run = EvaluationRun(paths: paths)
        run.detectors = detectors
        run.keepsFigures = true
        return try await run.run()
    }

    @Test("a random score and the z-score are measured beside what was asked for, without pictures")
    func beside() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["mad"])
        #expect(result.summary.map(\.detector) == ["mad", "random", "zscore"])
        #expect(result.summary.map(\.isBaseline) == [false, true, true])
        #expect(result.summary.map(\.files) == [5, 5, 5] && result.summary.map(\.rows) == [1_000, 1_000, 1_000])
        #expect(result.rows.map(\.isBaseline).prefix(3) == [false, true, true] && result.rows.count == 15)
        #expect(Set(result.figures.map(\.detector)) == ["mad"])
        let random = try #require(result.summary[1].metrics)
        // One row in two hundred is anomalous, and a score that knows nothing finds it at any place.
        #expect(random.aucPR < 0.2 && (0.1...0.9).contains(random.aucROC))
        #expect(result.summary[2].metrics?.aucPR == 1)
        #expect(try result.text(.table).contains("zscore (baseline)"))
    }

    @Test("what was asked for is no baseline")
    func asked() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["zscore"])
        #expect(result.summary.map(\.detector) == ["zscore", "random"])
        #expect(result.summary.map(\.isBaseline) == [false, true])
    }

    @Test("random scores are even, differ from file to file, and are the same every time")
    func random() throws {
        let tables = try [0.0, 1].map { try Table(columns: [(0..<20_000).map { Double($0 % 7) }], first: $0) }
        let scores = tables.map { RandomScore().fit($0, training: nil) }.map { model in
            tables.map { (try? model.scores($0).scores) ?? [] }
        }
        #expect(scores[0] == scores[1] && scores[0][0] != scores[0][1])
        let one = scores[0][0]
        #expect(one.allSatisfy { (0..<1).contains($0) } && Set(one).count == 20_000)
        #expect(abs(one.reduce(0, +) / 20_000 - 0.5) < 0.01)
        let next = zip(one, one.dropFirst()).reduce(0) { $0 + ($1.0 - 0.5) * ($1.1 - 0.5) } / 20_000
        #expect(abs(next) < 0.003)
    }

    @Test("each folder is a set with means of its own, and all sets count the same in the mean of sets")
    func sets() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["mad"])
        #expect(result.sets.map(\.name) == ["large", "large/deep", "small"])
        #expect(result.sets.map { $0.summary[1].files } == [2, 2, 1])
        let means = result.sets.compactMap { $0.summary[1].metrics?.vusROC }
        let summary = result.summary[1]
        #expect(abs((summary.meanOfSets?.vusROC ?? 0) - means.reduce(0, +) / 3) < 1e-12)
        let all = result.rows.filter { $0.detector == "random" }.compactMap { $0.metrics?.vusROC }
        #expect(abs((summary.metrics?.vusROC ?? 0) - all.reduce(0, +) / 5) < 1e-12)
        #expect(summary.metrics?.vusROC != summary.meanOfSets?.vusROC)
    }

    @Test(
        "a set is named by what tells its folder from the others",
        arguments: [
            (["/a/b", "/a/b"], ["b", "b"]), (["/a/b", "/a/c/d"], ["b", "c/d"]), (["/a", "/a/b"], ["a", "b"]),
            (["", "x"], [".", "x"]), ([""], ["."]), (["./x", "y"], ["x", "y"]), (["/ab", "/abc"], ["ab", "abc"]),
            ([".."], [".."]), (["/"], ["."]),
        ])
    func names(folders: [String], expected: [String]) {
        let names = SetNames(folders: folders)
        #expect(folders.map(names.name) == expected)
    }
}

extension Table {
    fileprivate init(columns: [[Double]], first: Double) throws {
        var columns = columns
        columns[0][0] = first
        try self.init(columns: columns)
    }
}
