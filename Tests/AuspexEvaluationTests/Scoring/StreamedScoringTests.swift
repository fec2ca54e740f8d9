import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Streamed scoring") struct StreamedScoringTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func run(_ path: String, _ configure: (inout ScoringRun) -> Void = { _ in }) -> ScoringRun {
        var run = ScoringRun(path: path)
        run.detector = "ewma"
        run.parallelism = 1
        configure(&run)
        return run
    }

    /// Checks that the streamed text is that of the whole table, and gives it.
    private func check(
        _ path: String, _ configure: (inout ScoringRun) -> Void = { _ in },
        _ place: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let run = run(path, configure)
        let whole = try await run.run()
        let streamed = try #require(try await run.stream(from: 0), sourceLocation: place)
        #expect(streamed.notes == whole.notes, sourceLocation: place)
        #expect(streamed.rejections == whole.rejections, sourceLocation: place)
        #expect(streamed.rowCount == whole.rowCount, sourceLocation: place)
        for format in ScoringFormat.allCases where format != .json {
            var (left, right) = ("", "")
            whole.write(format) { left += $0 }
            let anomalies = try streamed.write(format) { right += $0 }
            #expect(left == right, "\(format)", sourceLocation: place)
            #expect(anomalies == whole.anomalyCount, sourceLocation: place)
        }
    }

    /// More rows than a part has.
    private static let many = 3 * StreamedScoring.partRows

    private func walk(_ count: Int, seed: UInt64 = 7) -> [Double] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { row in
            let noise = Double(generator.next() % 1_000) / 1_000
            return row % 4_001 == 4_000 ? 50 + noise : noise
        }
    }

    // MARK: The same text

    @Test("numbered rows")
    func numbered() async throws {
        let rows = walk(Self.many).map { "\($0)" }.joined(separator: "\n")
        try await check(try folder.file("a.csv", "value\n" + rows + "\n"))
    }

    @Test("times, labels, missing values, equal times and several columns")
    func wide() async throws {
        let rows = walk(Self.many).enumerated().map { row, value in
            "\(1_700_000_000 + row / 2 * 60),\(row % 97 == 0 ? "" : "\(value)"),\(row % 5),\(row % 4_001 == 4_000 ? 1 : 0)"
        }
        let path = try folder.file("a.csv", "time,a,score,is_anomaly\r\n" + rows.joined(separator: "\r\n"))
        try await check(path)
        try await check(path) { $0.input.valueColumns = ["a"] }
        try await check(path) { $0.input.ignoresTimes = true }
    }

    @Test("several series, whose rows are mixed and begin late")
    func series() async throws {
        let rows = walk(Self.many).enumerated().map { row, value in
            "\(row > 20_000 ? "late" : row % 3 == 0 ? "x" : "y"),\(1_700_000_000 + row),\(value)"
        }
        let path = try folder.file("a.csv", "host,time,v\n" + rows.joined(separator: "\n") + "\n")
        try await check(path) { $0.input.seriesColumn = "host" }
    }

    @Test("objects whose members come late, and one series among recordings")
    func objects() async throws {
        let rows = walk(Self.many).enumerated().map { row, value in
            row < 10_000 ? "{\"v\":\(value)}" : "{\"v\":\(value),\"w\":\(row % 7)}"
        }
        try await check(try folder.file("a.ndjson", rows.joined(separator: "\n") + "\n"))
        let recording = walk(2_000).enumerated().map { row, value in
            "{\"labels\":{\"__name__\":\"m\",\"h\":\"\(row % 2)\"},"
                + "\"timestamp\":\(1_700_000_000_000 + row),\"value\":\(value)}"
        }
        try await check(try folder.file("b.ndjson", recording.joined(separator: "\n") + "\n"))
    }

    @Test("bad rows that are left out, and a training range in the name")
    func badRows() async throws {
        let rows = walk(Self.many).enumerated().map { row, value in row % 9_000 == 5 ? "x" : "\(value)" }
        let path = try folder.file("a_tr_5000.csv", "value\n" + rows.joined(separator: "\n") + "\n")
        try await check(path) { $0.input.skipsBadRows = true }
        try await check(try folder.file("b_tr_50.csv", "value\n" + walk(100).map { "\($0)\n" }.joined()))
    }

    @Test("one row, a constant, and nothing but missing values")
    func poor() async throws {
        let (constant, missing) = (String(repeating: "5\n", count: 300), String(repeating: ",\n", count: 99))
        for text in ["v\n1\n", "v\n" + constant, "v,w\n" + missing] {
            try await check(try folder.file("a.csv", text))
        }
    }

    // MARK: What cannot be streamed

    @Test("whatever needs the whole table is not streamed")
    func whole() async throws {
        let path = try folder.file("a.csv", "time,v\n2,1\n1,1\n")
        #expect(try await run(path).stream(from: 0) == nil, "rows that have to be sorted")
        let plain = try folder.file("b.csv", "v\n2\n1\n")
        #expect(try await run(plain) { $0.detector = "mad" }.stream(from: 0) == nil, "a batch detector")
        #expect(try await run("-").stream(from: 0) == nil, "standard input")
        #expect(try await run(plain).stream() == nil, "a small file")
    }

    @Test("errors are those of the whole table")
    func errors() async throws {
        for (text, configure) in [
            ("v\n1\nx\n", { (_: inout ScoringRun) in }), ("v\n", { _ in }), ("v\n1\n", { $0.alpha = 2 }),
            ("v\n1\n", { $0.detector = "ewma:halflife=-1" }), ("v\n1\n", { $0.input.valueColumns = ["w"] }),
            ("{\"v\":1}\n{\"v\":1}}\n", { _ in }), ("{\"v\":1}\n", { $0.input.valueColumns = ["v", "w"] }),
        ] {
            let run = run(try folder.file("a.csv", text), configure)
            let whole = await #expect(throws: (any Error).self) { try await run.run() }
            let streamed = await #expect(throws: (any Error).self) { _ = try await run.stream(from: 0) }
            #expect("\(try #require(whole))" == "\(try #require(streamed))")
        }
    }

    @Test("a file that changes between the two readings is refused")
    func changed() async throws {
        let path = try folder.file("a.csv", "v\n1\n2\n")
        for text in ["v\n1\n2\n3\n", "v\n1\n", "v,w\n1,2\n2,3\n"] {
            let streamed = try #require(try await run(try folder.file("a.csv", "v\n1\n2\n")).stream(from: 0))
            try folder.file("a.csv", text)
            #expect(throws: EvaluationError.changed(file: path)) { try streamed.write(.csv) { _ in } }
        }
    }

    // MARK: Memory

    @Test("a table that needs too much memory is refused with both numbers, and streaming ones need less")
    func memory() async throws {
        let path = try folder.file("a.csv", "v\n" + String(repeating: "5\n", count: 10_000))
        let run = run(path) {
            $0.detector = "mad"
            $0.memory = .given(500_000)
        }
        let error = await #expect(throws: EvaluationError.self) { try await run.run() }
        let text = error?.description ?? ""
        let start = "\(path): about 10000 rows; 'mad' needs at least 859 KiB of memory for them, and 488 KiB"
        #expect(text.hasPrefix(start), "\(text)")
        #expect(text.contains("--max-memory") && text.contains("ewma"))
        #expect(try await self.run(path) { $0.memory = .given(500_000) }.stream(from: 0) != nil)
        await #expect(throws: EvaluationError.self) {
            try await self.run(path) { $0.memory = .given(5_000) }.stream(from: 0)
        }
    }

    @Test("the size of compressed text is known before it is read")
    func compressed() throws {
        // `printf 'v\n1\n2\n' | gzip -n`
        let bytes: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 43, 227, 50, 228, 50, 226, 2, 0, 70, 249, 221, 132, 6, 0, 0, 0,
        ]
        let path = folder.path + "/a.csv.gz"
        try Data(bytes).write(to: URL(filePath: path))
        // Less than the file itself has: then gzip's number has gone round once.
        #expect(TableEstimate.textBytes(path) == 6 + 1 << 32)
        #expect(TableEstimate.textBytes(folder.path) == nil)
        #expect(TableEstimate.textBytes(try folder.file("b", "12345")) == 5)
    }

    @Test("columns that come late, each on a row of its own, are refused before they fill the memory")
    func lateColumns() async throws {
        let lines = (0..<3_000).map { "{\"t\": \($0), \"column\($0)\": 1}\n" }
        var run = ScoringRun(path: try folder.file("late.ndjson", lines.joined()))
        run.detector = "mad"
        run.memory = .given(4 << 20)
        await #expect("the reading ends at 262,144 values, which are 4 MB") {
            _ = try await run.run()
        } throws: { error in
            "\(error)".contains("more than 262144 values")
        }
    }
}
