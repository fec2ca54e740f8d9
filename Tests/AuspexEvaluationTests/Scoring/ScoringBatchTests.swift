import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexEvaluation

@Suite("Scoring batches", .timeLimit(.minutes(2))) struct ScoringBatchTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func series(_ name: String, rows: Int, seed: UInt64) throws -> String {
        var generator = SplitMix64(seed: seed)
        let lines = (0..<rows).map { _ in "\(Double(generator.next() % 1_000) / 8)" }
        return try folder.file(name, "v\n" + lines.joined(separator: "\n") + "\n")
    }

    private func runs(_ paths: [String], _ detector: String) -> [ScoringRun] {
        paths.map { path in
            var run = ScoringRun(path: path)
            run.detector = detector
            return run
        }
    }

    /// All that a batch gives, as text, and the numbers in the order in which they were handed on.
    private func outcome(_ batch: ScoringBatch) async throws -> (text: String, order: [Int]) {
        var text = ""
        var order: [Int] = []
        try await batch.run { index, scored in
            order.append(index)
            do {
                switch try scored.get() {
                case .whole(let result): result.write(.csv) { text += $0 }
                case .streamed(let streamed): _ = try streamed.write(.csv) { text += $0 }
                }
            } catch {
                text += "\(error)\n"
            }
        }
        return (text, order)
    }

    @Test(
        "several at once give what one after the other gives, whatever their sizes",
        arguments: [("mad", Int.max), ("ewma", Int.max), ("ewma", 0), ("ewma", 5_000)])
    func same(detector: String, streamedBytes: Int) async throws {
        // The first is the longest, so that the others wait for it.
        var paths = try (0..<9).map { number in
            try series("\(number).csv", rows: number == 0 ? 30_000 : 200 * number, seed: UInt64(number))
        }
        paths.insert(try folder.file("bad.csv", "v\n1\nx\n"), at: 3)
        paths.insert(folder.path + "/none.csv", at: 5)
        paths.append(paths[1])
        var batch = ScoringBatch(runs: runs(paths, detector))
        batch.streamedBytes = streamedBytes
        batch.parallelism = 1
        let single = try await outcome(batch)
        #expect(single.order == Array(paths.indices))
        #expect(single.text.contains("bad.csv:3:1") && single.text.contains("none.csv: cannot be read"))
        for parallelism in [2, 4, 16] {
            batch.parallelism = parallelism
            let several = try await outcome(batch)
            #expect(several.text == single.text && several.order == single.order, "\(parallelism)")
        }
        // And what each run by itself gives.
        var each = ""
        for path in paths {
            do {
                try await runs([path], detector)[0].run().write(.csv) { each += $0 }
            } catch {
                each += "\(error)\n"
            }
        }
        #expect(each == single.text)
    }

    @Test("inputs that would take too much together wait for each other, and one that does by itself is refused")
    func memory() async throws {
        let paths = try (0..<6).map { try series("\($0).csv", rows: 1_000, seed: UInt64($0)) }
        let large = try series("large.csv", rows: 3_000, seed: 9)
        var batch = ScoringBatch(runs: runs(paths + [large], "mad"))
        batch.parallelism = 4
        // 88 bytes a row and column: room for one of the small ones and not for two.
        batch.memory = .given(100_000)
        let (text, order) = try await outcome(batch)
        #expect(order == Array(0..<7))
        #expect(text.split(separator: "\n").count == 6 * 1_001 + 1)
        let streaming = DetectorRegistry.standard.streamingOnly
        let refusal = EvaluationError.tooMuchMemory(
            file: large, detector: "mad", rows: 3_000, needed: 264_000, allowed: .given(100_000), streaming: streaming)
        #expect(text.hasSuffix("\(refusal)\n"), "\(text.suffix(300))")
    }

    @Test("the rows of a streamed input are counted twice, to its end and within its size")
    func progress() async throws {
        // Long enough for several pieces.
        let path = try folder.file(
            "a.csv", "v\n" + String(repeating: "1.\(String(repeating: "0", count: 40))\n", count: 40_000))
        let seen = Mutex<[ReadingProgress]>([])
        var batch = ScoringBatch(runs: runs([path], "ewma"))
        batch.runs[0].progress = { reading in seen.withLock { $0.append(reading) } }
        batch.streamedBytes = 0
        _ = try await outcome(batch)
        let readings = seen.withLock { $0 }
        let size = try #require(TableEstimate.textBytes(path))
        for purpose in [ReadingProgress.Purpose.scoring, .writing] {
            let own = readings.filter { $0.purpose == purpose }
            #expect(own.count > 2 && own.last?.rows == 40_000 && own.last?.bytes == size)
            #expect(zip(own, own.dropFirst()).allSatisfy { $0.rows < $1.rows || $0.bytes <= $1.bytes })
            #expect(own.allSatisfy { $0.totalBytes == size && $0.file == path })
        }
        let fractions = readings.map(\.fraction)
        #expect(fractions == fractions.sorted() && fractions.last == 1)
        #expect(
            readings.last?.description == "\(path): writing, 40000 rows, \(MemoryAllowance.text(size)) of "
                + "\(MemoryAllowance.text(size))")
    }

    @Test("what the taker throws ends the batch")
    func taker() async throws {
        struct Enough: Error {}
        let paths = try (0..<8).map { try series("\($0).csv", rows: 50, seed: 1) }
        var taken = 0
        await #expect(throws: Enough.self) {
            try await ScoringBatch(runs: runs(paths, "mad")).run { _, _ in
                taken += 1
                if taken == 3 { throw Enough() }
            }
        }
        #expect(taken == 3)
        try await ScoringBatch(runs: []).run { _, _ in Issue.record("there is none") }
    }

    @Test("a pipe is read once, by whoever reads it in earnest, and two pipes one after the other")
    func pipes() async throws {
        let paths = ["p", "q"].map { folder.path + "/" + $0 }
        for path in paths { #expect(mkfifo(path, 0o600) == 0) }
        let writers = paths.map { path in
            Thread { try? "v\n1\n2\n3\n".write(to: URL(filePath: path), atomically: false, encoding: .utf8) }
        }
        for writer in writers { writer.start() }
        var batch = ScoringBatch(runs: runs(paths, "mad"))
        batch.parallelism = 3
        let (text, _) = try await outcome(batch)
        #expect(text.split(separator: "\n").count == 8, "\(text)")
    }
}
