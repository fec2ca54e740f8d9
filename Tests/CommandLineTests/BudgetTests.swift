import AuspexTesting
import Foundation
import Testing

/// `score --budget` over the built program.
@Suite(.timeLimit(.minutes(2))) struct BudgetTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Noise a minute apart, with a jump that never was before.
    private func series() throws -> String {
        var random = SplitMix64(seed: 12)
        let rows = (0..<1_500).map { row in "\(1_700_000_000 + 60 * row),\(row == 1_200 ? 40 : random.gaussian())\n" }
        return try folder.file("a.csv", "time,value\n" + rows.joined())
    }

    @Test("a budget scores as a stream would, and the jump is beyond the line")
    func jump() async throws {
        let outcome = try await Program.run([
            "score", try series(), "--budget", "1/week", "--causal", "--format", "csv",
        ])
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
        let anomalies = outcome.output.split(separator: "\n").dropFirst().filter { line in
            Double(line.split(separator: ",", omittingEmptySubsequences: false)[4]).map { $0 >= 1 } ?? false
        }
        #expect(anomalies.contains { $0.hasPrefix("1700072000,40,") }, "\(anomalies)")
        #expect(anomalies.count < 8, "\(anomalies)")
    }

    @Test(
        "what a budget cannot be is told with what it can",
        arguments: [
            (["--budget", "often"], 2, "1/week"), (["--budget", "1/week", "--alpha", "0.1"], 2, "give one"),
            (["--budget", "1000/hour"], 3, "more than one sample in ten"),
            (["--budget", "1/week", "--detector", "mad"], 3, "cannot run over a stream"),
            (["--budget", "1/week", "--time-column", "none"], 3, "has no times"),
            (["--online", "--causal"], 2, "give one of them"),
        ] as [([String], Int, String)])
    func refused(options: [String], code: Int, message: String) async throws {
        let outcome = try await Program.run(["score", try series()] + options)
        #expect(Int(outcome.code) == code && outcome.error.contains(message), "\(outcome)")
    }
}
