import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite("Judging tables row by row") struct SequentialJudgeTests {
    private func report(
        _ baseline: [(String, [Double])], _ canary: [(String, [Double])], tolerated: Double = 1.5,
        policy: JudgePolicy = JudgePolicy()
    ) -> SequentialReport {
        var settings = JudgeStream.Settings()
        settings.tolerated = tolerated
        return SequentialJudge(policy: policy, settings: settings).judge(
            baseline: MetricTable(baseline.map { (name: $0.0, values: $0.1) }),
            canary: MetricTable(canary.map { (name: $0.0, values: $0.1) }))
    }

    @Test("it stops where the stream does, and says with what")
    func fails() throws {
        var metric = GeneratedMetric(seed: 1)
        let before = metric.gauge(120)
        let after = metric.gauge(120, factor: 2)
        let report = report([("latency", before)], [("latency", after)])
        #expect(report.verdict == .fail && report.failsFrom == 50 && report.intervals == 120)
        var stream = JudgeStream(metrics: [.init(name: "latency", kind: .gauge, direction: .increase)])
        let stop = try #require(
            zip(before, after).enumerated().first {
                stream.update(["latency": .init(baseline: $1.0, canary: $1.1)]).verdict == .fail
            }?.offset)
        #expect(report.stoppedAt == stop + 1)
        #expect(report.evidence == stream.state.evidence)
        #expect(report.metrics.map(\.worse) == stream.state.worse && report.metrics[0].intervals == stop + 1)
    }

    @Test("shares of traffic pass when they are shown to be within what is tolerated")
    func passes() {
        var metric = GeneratedMetric(seed: 2)
        func side() -> [(String, [Double])] {
            [
                ("errors", (0..<60).map { _ in metric.successes(of: 1_000, share: 0.02) }),
                ("requests", [Double](repeating: 1_000, count: 60)),
            ]
        }
        let report = report(side(), side(), tolerated: 2)
        #expect(report.verdict == .pass && report.metrics.map(\.name) == ["errors"])
        #expect(report.metrics[0].kind == .ratio)
        #expect(report.reasons.count == 1)
    }

    @Test("what is open says what is still needed")
    func open() {
        let report = report(
            [("latency", [1, 2, 1]), ("lag", [0.5, -1, 0])], [("latency", [1, 1, 2]), ("lag", [0, 0])])
        #expect(report.verdict == .inconclusive && report.stoppedAt == nil)
        #expect(report.reasons.contains { $0.contains("latency: evidence") && $0.contains("20 are needed to pass") })
        #expect(report.reasons.contains { $0.contains("lag: has values that are 0 or less") })
        #expect(self.report([], []).reasons == ["there is no metric that could be judged"])
        let gap = self.report([("latency", [.nan, 2])], [("latency", [1, .nan])])
        #expect(gap.reasons.contains("latency: no interval has a value on both sides"))
    }

    @Test("muted metrics are left out, and the JSON has every member")
    func policy() throws {
        var policy = JudgePolicy()
        var muted = MetricPolicy(name: "latency")
        muted.muted = true
        policy.metrics = [muted, MetricPolicy(name: "errors")]
        let report = report(
            [("latency", [1, 1]), ("errors", [0, 1])], [("latency", [9, 9]), ("errors", [1, 0])], policy: policy)
        #expect(report.metrics.map(\.name) == ["errors"])
        let object = try JSONSerialization.jsonObject(with: Data(JSONText.pretty(report).utf8)) as? [String: Any]
        #expect(object?["stoppedAt"] is NSNull && object?["failsFrom"] as? Double == 50)
        #expect(report.table.contains("not within 2 intervals"))
    }
}
