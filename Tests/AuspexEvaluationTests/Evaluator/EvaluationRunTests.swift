import AuspexDetection
import AuspexEvaluation
import AuspexTesting
import Foundation
import Synchronization
import Testing

@Suite("Evaluation runs") struct EvaluationRunTests {
    /// A folder with good files and all kinds of others.
    private func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.file("1_good_tr_2.csv", "value,label\n0,0\n1,0\n0,0\n9,1\n8,1\n1,0\n")
        try folder.file("2_broken.csv", "value,label\n0,0\nx,1\n")
        try folder.file("3_unlabelled.csv", "value\n1\n2\n")
        try folder.file("4_calm.csv", "value,label\n1,0\n2,0\n")
        try folder.file("5_wild.csv", "value,label\n1,1\n2,1\n")
        try folder.file("6_good.csv", "time,a,b,label\n1,5,1,1\n2,0,2,0\n3,6,1,0\n4,1,,0\n")
        return folder
    }

    private func run(_ paths: [String], _ detectors: [String]) throws -> EvaluationRun {
        var run = EvaluationRun(paths: paths)
        run.detectors = detectors
        run.registry = try TestDetectors.registry()
        run.baselines = false
        return run
    }

    @Test("each file and detector has its row, in the order given")
    func rows() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["size", "refusing", "forgetful", "size"]).run()
        let names = result.rows.map { URL(filePath: $0.file).lastPathComponent }
        #expect(names == ["1_good_tr_2.csv", "2_broken.csv", "6_good.csv"].flatMap { [$0, $0, $0] })
        #expect(
            result.rows.map(\.detector)
                == Array(repeating: ["size", "refusing", "forgetful"], count: 3).flatMap(\.self))
        let first = try #require(result.rows.first)
        let expected = try DetectionMetrics.measure(
            scores: [0, 1, 0, 9, 8, 1], labels: [false, false, false, true, true, false], window: 125)
        #expect(first.metrics == expected && first.rows == 6 && first.window == 125)
        #expect(try #require(first.seconds) >= 0)
    }

    @Test("a file that fails says why, and the rest goes on")
    func failures() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["size", "refusing", "forgetful"]).run()
        let broken =
            "\(folder.path)/2_broken.csv:3:1: column \"value\": \"x\" is not a number; "
            + "write a decimal number, or leave the field empty for a missing value"
        #expect(result.rows[3...5].map(\.error) == [broken, broken, broken])
        #expect(result.rows[1].error == "detector 'refusing': it never fits")
        #expect(result.rows[2].error?.hasPrefix("detector 'forgetful' gave 5 scores for 6 rows") == true)
        #expect(result.rows[6].metrics?.aucROC == 2.0 / 3)
    }

    @Test("files with nothing to measure are listed with the reason")
    func skipped() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["size"]).run()
        #expect(
            result.skipped.map { URL(filePath: $0.file).lastPathComponent } == [
                "3_unlabelled.csv", "4_calm.csv", "5_wild.csv",
            ])
        #expect(
            result.skipped.map { String($0.reason.prefix(18)) } == [
                "it has no labels; ", "no row is labelled", "every row is label",
            ])
    }

    @Test("the summary is the mean over the files that were measured")
    func summary() async throws {
        let folder = try folder()
        let result = try await run([folder.path], ["size", "refusing"]).run()
        #expect(result.summary.map(\.detector) == ["size", "refusing"])
        #expect(result.summary.map(\.files) == [2, 0] && result.summary.map(\.failed) == [1, 3])
        let measured = result.rows.compactMap(\.metrics)
        #expect(result.summary[0].metrics?.vusPR == (measured[0].vusPR + measured[1].vusPR) / 2)
        #expect(result.summary[1].metrics == nil)
    }

    @Test("the number of lanes changes nothing", arguments: [1, 3, 16])
    func lanes(count: Int) async throws {
        let folder = try TemporaryDirectory()
        var generator = SplitMix64(seed: 4)
        for file in 0..<12 {
            let rows = (0..<150).map {
                "\(Int.random(in: 0..<50, using: &generator) + ($0 > 130 ? 20 : 0)),\($0 > 130 ? 1 : 0)\n"
            }
            try folder.file("\(file).csv", "value,label\n" + rows.joined())
        }
        var run = try run([folder.path], ["size", "mad", "knn"])
        run.keepsFigures = true
        run.parallelism = count
        let result = try await run.run()
        run.parallelism = 2
        let other = try await run.run()
        #expect(result.rows.map(\.metrics) == other.rows.map(\.metrics))
        #expect(result.rows.map(\.file) == other.rows.map(\.file) && result.figures == other.figures)
        #expect(result.figures.count == 36)
    }

    @Test("progress begins with nothing done, and counts every file")
    func progress() async throws {
        let folder = try folder()
        let seen = Mutex<[Int]>([])
        _ = try await run([folder.path], ["size"]).run { progress in
            seen.withLock { $0.append(progress.done) }
            #expect(progress.total == 6)
        }
        #expect(seen.withLock { $0 } == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test("the largest file is begun first, and the result has the order of the names")
    func largestFirst() async throws {
        let folder = try TemporaryDirectory()
        for (name, rows) in [("a", 50), ("b", 5_000), ("c", 500)] {
            let lines = (0..<rows).map { "\($0 % 5),\($0 == 7 ? 1 : 0)\n" }
            try folder.file("\(name).csv", "value,label\n" + lines.joined())
        }
        var run = try run([folder.path], ["size"])
        run.parallelism = 1
        let seen = Mutex<[String]>([])
        let configured = run
        let result = try await configured.run { progress in seen.withLock { $0.append(progress.file) } }
        #expect(seen.withLock { $0.first } == "\(folder.path)/b.csv")
        #expect(result.rows.map(\.rows) == [50, 5_000, 500])
    }

    @Test("what is wrong with the call is told before any file is read")
    func wrongCalls() async throws {
        await #expect(throws: DetectorError.self) { try await run(["/nonexistent"], ["nothing"]).run() }
        await #expect(throws: EvaluationError.noDetectors) { try await run(["/nonexistent"], []).run() }
        await #expect(throws: EvaluationError.noSuchPath("/nonexistent")) {
            try await run(["/nonexistent"], ["mad"]).run()
        }
        var wrongRate = try run(["/nonexistent"], ["mad"])
        wrongRate.alpha = 1
        let called = wrongRate
        await #expect(throws: DetectorError.invalidAlpha(value: 1)) { try await called.run() }
    }

    @Test("a cancelled run ends with a cancellation")
    func cancellation() async throws {
        let folder = try folder()
        let run = try run([folder.path], ["size"])
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await run.run()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("several series in one file are several rows")
    func severalSeries() async throws {
        let folder = try TemporaryDirectory()
        let lines = (0..<8).map { row in
            "{\"labels\":{\"__name__\":\"m\(row % 2)\"},\"timestamp\":\(row),\"value\":\(row),\"label\":\(row > 5 ? 1 : 0)}"
        }
        let file = try folder.file("r.ndjson", lines.joined(separator: "\n"))
        let result = try await run([file], ["size"]).run()
        #expect(result.rows.map(\.file) == ["\(file): m0", "\(file): m1"] && result.rows.map(\.rows) == [4, 4])
    }
}
