import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// A program of a user's own, which has the commands of Auspex and two detectors more.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CustomDetectorTests {
    private func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) async throws -> Program.Outcome {
        try await Program.run(arguments, input: input, environment: environment, of: "ExampleDetector")
    }

    @Test("score takes a custom detector of tables", arguments: ["jumps", "new-extremes"])
    func score(detector: String) async throws {
        let outcome = try await run(
            "score", "-", "--format", "json", "--alpha", "0.02", "--detector", detector, input: ExitCodeTests.spike)
        #expect(outcome.code == 0, "\(outcome)")
        let rows = try #require(try JSONValue(parsing: outcome.output)["rows"]?.array)
        let best = rows.indices.max { (rows[$0]["score"]?.double ?? 0) < (rows[$1]["score"]?.double ?? 0) }
        #expect(rows.count == 200 && best.map { (150...151).contains($0) } == true, "\(outcome)")
        #expect(rows[150]["anomaly"]?.int == 1)
    }

    @Test("evaluate measures custom detectors beside those that ship")
    func evaluate() async throws {
        let folder = try TemporaryDirectory()
        let rows = (0..<300).map { "\($0 % 3 + ($0 == 200 ? 90 : 0)),\($0 == 200 ? 1 : 0)" }
        let file = try folder.file("a.csv", "value,label\n" + rows.joined(separator: "\n") + "\n")
        let outcome = try await run(
            "evaluate", file, "--format", "json", "--detector", "jumps", "--detector", "new-extremes", "--detector",
            "mad", "--no-baselines")
        let results = try #require(try JSONValue(parsing: outcome.output)["results"]?.array)
        #expect(results.map { $0["detector"]?.string } == ["jumps", "new-extremes", "mad"])
        #expect(results.allSatisfy { $0["auc_pr"]?.double ?? 0 > 0.4 }, "\(outcome)")
    }

    @Test("list, describe and replay know them, too")
    func others() async throws {
        #expect(try await run("detectors", "list").output.contains("\nnew-extremes "))
        #expect(try await run("detectors", "describe", "jumps").output.contains("this article"))
        let rows = (0..<60).map { "\(1_700_000_000 + 60 * $0),\($0 == 50 ? 900 : $0 % 3)" }
        let outcome = try await run(
            "replay", "-", input: "time,v\n" + rows.joined(separator: "\n"),
            environment: ["AUSPEX_DETECTION__DETECTOR": "new-extremes"])
        #expect(outcome.code == 0 && outcome.output.contains("60 samples of 1 series"), "\(outcome)")
        #expect(try await Program.run(["detectors", "describe", "jumps"]).code == 3)
    }

    @Test("serve takes a custom detector of streams, and tells why it takes no other")
    func serve() async throws {
        let good = try await run("serve", "--check", environment: ["AUSPEX_DETECTION__DETECTOR": "new-extremes"])
        #expect(good.code == 0, "\(good)")
        let bad = try await run("serve", "--check", environment: ["AUSPEX_DETECTION__DETECTOR": "jumps"])
        #expect(bad.code == 3 && bad.error.contains("cannot run over a stream; streaming detectors: "), "\(bad)")
        #expect(bad.error.contains("new-extremes"), "\(bad)")
    }
}
