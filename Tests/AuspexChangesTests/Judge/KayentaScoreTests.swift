import Testing

@testable import AuspexChanges

@Suite struct KayentaScoreTests {
    typealias Judged = KayentaJudge.Judged

    private func judged(
        _ name: String, _ class: MetricVerdict.Class, _ groups: [String], critical: Bool = false
    ) -> Judged {
        var metric = KayentaMetric(name: name)
        metric.groups = groups
        let finding = KayentaClassifier.Finding(class: `class`, isCritical: critical, baseline: [], canary: [])
        return Judged(metric: metric, finding: finding)
    }

    @Test("a group's score is the share of its metrics that pass; those without data are left out")
    func groups() {
        let score = KayentaScore(
            [
                judged("a", .pass, ["g", "h"]), judged("b", .high, ["g"]), judged("c", .noDataFail, ["g"]),
                judged("d", .noData, ["g"]), judged("e", .pass, ["h"]),
            ], weights: ["g": 70])
        #expect(score.groups.map(\.name) == ["g", "h"])
        #expect(score.groups.map(\.weight) == [70, 30])
        #expect(abs(score.groups[0].score - 100.0 / 3) < 1e-12)
        #expect(score.groups[1].score == 100)
        #expect(score.total == 53.33)
    }

    @Test("a group without a counted metric scores 100")
    func emptyGroup() {
        let score = KayentaScore(
            [judged("a", .pass, ["g"]), judged("b", .pass, ["g"]), judged("c", .noData, ["h"])], weights: ["g": 50])
        #expect(score.groups.map(\.score) == [100, 100])
        #expect(score.total == 100)
    }

    @Test("half of the metrics without data make the score 0, fewer do not")
    func withoutData() {
        let half = [judged("a", .pass, ["g"]), judged("b", .noData, ["g"])]
        #expect(KayentaScore(half, weights: [:]).total == 0)
        #expect(KayentaScore(half + [judged("c", .pass, ["g"])], weights: [:]).total == 100)
    }

    @Test("a critical metric that does not pass makes the score 0")
    func critical() {
        let metrics = [judged("a", .pass, ["g"]), judged("b", .pass, ["g"]), judged("c", .high, ["g"], critical: true)]
        #expect(KayentaScore(metrics, weights: [:]).total == 0)
    }

    @Test("a muted metric is shown and does not count")
    func muted() {
        var configuration = KayentaConfiguration()
        var bad = KayentaMetric(name: "bad")
        bad.muted = true
        bad.critical = true
        configuration.metrics = [bad, KayentaMetric(name: "good")]
        let report = KayentaJudge(configuration: configuration).judge([
            MetricSamples(name: "bad", baseline: [1, 2, 1, 2, 1], canary: [90, 80, 91, 85, 99]),
            MetricSamples(name: "good", baseline: [1, 2, 3], canary: [3, 2, 1]),
        ])
        #expect(report.verdict == .pass)
        #expect(report.score == 100)
        #expect(report.metrics.map(\.class) == [.high, .pass])
    }

    @Test("a metric that is configured and was not measured has no data")
    func notMeasured() {
        var configuration = KayentaConfiguration()
        configuration.metrics = [KayentaMetric(name: "a"), KayentaMetric(name: "b")]
        let report = KayentaJudge(configuration: configuration).judge(
            [MetricSamples(name: "a", baseline: [1, 2, 3], canary: [3, 2, 1])])
        #expect(report.metrics.map(\.class) == [.pass, .noData])
        #expect(report.score == 0)
        #expect(report.verdict == .fail)
        #expect(report.reasons.first == "the score is 0: 1 of 2 metrics have no data")
    }

    @Test("without any metric nothing is known")
    func nothing() {
        let report = KayentaJudge(configuration: KayentaConfiguration()).judge([])
        #expect(report.verdict == .inconclusive)
        #expect(report.score == nil)
    }
}
