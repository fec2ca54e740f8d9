import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Scores as of streams") struct OnlineScoringTests {
    private static let rows = 900
    /// In these rows every column is 2 deviations off.
    private static let shifted = 860..<866
    /// In this row the first column is 30 deviations off.
    private static let spike = 800

    /// So many columns of noise, a row a minute.
    private func text(columns: Int, labelled: Bool = false) -> String {
        var random = SplitMix64(seed: 61)
        let names = (0..<columns).map { "c\($0)" } + (labelled ? ["label"] : [])
        var text = (["timestamp"] + names).joined(separator: ",") + "\n"
        for row in 0..<Self.rows {
            let isShifted = Self.shifted.contains(row)
            let values = (0..<columns).map { column in
                random.gaussian() + (isShifted ? 2 : 0) + (row == Self.spike && column == 0 ? 30 : 0)
            }
            let fields = values.map { "\($0)" } + (labelled ? [isShifted ? "1" : "0"] : [])
            text += ([String(1_700_000_000 + 60 * row)] + fields).joined(separator: ",") + "\n"
        }
        return text
    }

    private func score(_ text: String, budget: AlertAllowance? = nil) async throws -> ScoredSeries {
        var run = ScoringRun(path: "-")
        run.detector = "ewma"
        run.isOnline = true
        run.explains = true
        run.allowance = budget
        return try #require(try await run.run(bytes: Array(text.utf8)).series.first)
    }

    @Test("one column is scored as its stream would be")
    func one() async throws {
        let scored = try await score(text(columns: 1))
        var stream = try CalibratedStream("ewma")
        for row in 0..<Self.rows {
            let time = Timestamp(milliseconds: Int64(1_700_000_000 + 60 * row) * 1_000)
            let reading = stream.update(time: time, value: scored.table[row, 0])
            #expect(scored.scores[row] == reading.rawScore)
            guard reading.readiness == .ready else { continue }
            #expect(scored.calibrated[row].pValue == reading.pValue)
            #expect(scored.calibrated[row].anomalyScore == reading.anomalyScore)
        }
    }

    @Test("several columns are a group: rows alert when all are a little strange, or when one of them is very")
    func several() async throws {
        let scored = try await score(text(columns: 20))
        let anomalies = scored.calibrated.indices.filter { scored.calibrated[$0].anomalyScore >= 1 }
        #expect(anomalies.contains { Self.shifted.contains($0) })
        #expect(anomalies.contains(Self.spike))
        #expect(anomalies.count { !Self.shifted.contains($0) && $0 != Self.spike } <= 3, "\(anomalies)")
        let reasons = try #require(scored.reasons)
        #expect(reasons[anomalies.first { Self.shifted.contains($0) } ?? 0]?.hasPrefix("together: c") == true)
        // A row's score is the mean of its columns', so that one of them alone does not make the largest.
        let largest = scored.scores.indices.max { scored.scores[$0] < scored.scores[$1] }
        #expect(Self.shifted.contains(largest ?? 0))
    }

    @Test("a row with many columns alerts no more often than one with one")
    func rate() async throws {
        let scored = try await score(text(columns: 40), budget: AlertAllowance("1/day"))
        // 500 rows after the warm-up are a third of a day.
        let anomalies = scored.calibrated.indices.filter { scored.calibrated[$0].anomalyScore >= 1 }
        #expect(anomalies.count { !Self.shifted.contains($0) && $0 != Self.spike } <= 1, "\(anomalies)")
    }

    @Test("an evaluation takes the group's score, and of one column the stream's")
    func evaluation() async throws {
        let folder = try TemporaryDirectory()
        for columns in [1, 20] {
            try folder.file("\(columns).csv", text(columns: columns, labelled: true))
        }
        var run = EvaluationRun(paths: [folder.path])
        run.detectors = ["ewma"]
        run.isOnline = true
        run.baselines = false
        let rows = try await run.run().rows
        for row in rows {
            let columns = row.file.hasSuffix("/20.csv") ? 20 : 1
            let scored = try await score(text(columns: columns))
            let expected = try DetectionMetrics.measure(
                scores: scored.scores, labels: (0..<Self.rows).map { Self.shifted.contains($0) }, window: row.window)
            #expect(row.metrics == expected, "\(row.file)")
        }
        #expect(rows.count == 2)
    }
}
