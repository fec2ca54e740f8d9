import Testing

@testable import AuspexChanges

/// Canaries that users of kayenta reported as judged wrongly, with what kayenta says and what is right.
@Suite struct JudgeIssueTests {
    private let nan = Double.nan

    private func judge(
        _ baseline: [Double], _ canary: [Double], name: String = "metric",
        _ change: (inout MetricPolicy) -> Void = { _ in }
    ) -> JudgeReport {
        var metric = MetricPolicy(name: name)
        change(&metric)
        var policy = JudgePolicy()
        policy.metrics = [metric]
        return Judge(policy: policy).judge([MetricSamples(name: name, baseline: baseline, canary: canary)])
    }

    private func kayenta(_ baseline: [Double], _ canary: [Double]) -> MetricVerdict.Class {
        KayentaClassifier().classify(KayentaMetric(name: "m"), baseline: baseline, canary: canary).class
    }

    @Test("spinnaker#6278: seven of ten values at 100 against a constant 1 fail")
    func spinnaker6278() {
        let baseline = [Double](repeating: 1, count: 10)
        let canary = [Double](repeating: 100, count: 7) + [1, 1, 1]
        #expect(kayenta(baseline, canary) == .pass)
        let report = judge(baseline, canary)
        #expect(report.verdict == .fail)
        #expect(report.metrics.map(\.class) == [.high])
        #expect(report.metrics[0].effect == 70.3)
        // Where the high values stand makes no difference.
        #expect(judge(baseline, [1, 100, 100, 1, 100, 100, 100, 1, 100, 100]).verdict == .fail)
    }

    @Test(
        "kayenta#426: four errors in six intervals against none warn: chance gives them to one side in 1 of 16 cases"
    )
    func kayenta426() throws {
        let baseline = [Double](repeating: 0, count: 6)
        #expect(kayenta(baseline, [0, 1, 2, 1, 0, 0]) == .pass)
        let report = judge(baseline, [0, 1, 2, 1, 0, 0], name: "errors")
        #expect(report.verdict == .warn)
        let metric = try #require(report.metrics.first)
        #expect(metric.kind == .count)
        #expect(metric.class == .high)
        #expect(abs(try #require(metric.p) - 1.0 / 16) < 1e-9)
        // Two more errors are enough.
        #expect(judge(baseline, [0, 1, 2, 1, 1, 1], name: "errors").verdict == .fail)
    }

    @Test("kayenta#780: values that spread otherwise around the same middle fail")
    func kayenta780() throws {
        let narrow = [10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17.0, 17.1, 17.2, 17.3, 17.4, 17.5, 17.6, 17.7]
        let wide = [1.0, 100, 4, 101, 5, 102, 6, 103, 7, 104, 8, 105, 9, 106, 17]
        #expect(kayenta(wide, narrow) == .pass)
        let report = judge(wide, narrow)
        #expect(report.verdict == .fail)
        #expect(report.metrics.map(\.class) == [.spread])
        // The other way round more values are as far off, which is worse whatever the direction.
        for direction in MetricDirection.allCases {
            #expect(judge(narrow, wide) { $0.direction = direction }.verdict == .fail, "\(direction)")
        }
        // To be steadier is no harm where only more is worse.
        #expect(judge(wide, narrow) { $0.direction = .increase }.verdict == .pass)
    }

    @Test("kayenta#799: errors against no data are inconclusive, and fail when no data means none")
    func kayenta799() {
        let canary = [1, nan, nan, nan, nan, 2, nan, nan, nan, nan, 1, nan, nan, nan, nan, 2, nan, nan, nan, nan, 1]
        #expect(kayenta([], canary) == .noData)
        for baseline in [[], [Double](repeating: nan, count: 21)] {
            let report = judge(baseline, canary, name: "errors")
            #expect(report.verdict == .inconclusive)
            #expect(report.metrics.map(\.class) == [.noData])
            #expect(
                report.reasons == [
                    "errors: the baseline has no data, the canary has 5 values; "
                        + "if no data means none, set 'missing: zero'"
                ])
        }
        // Rows without a value were measured; where there is no row, nothing was.
        func zero(_ baseline: [Double]) -> JudgeReport {
            judge(baseline, canary, name: "errors") { $0.missing = .zero }
        }
        #expect(zero([Double](repeating: nan, count: 21)).verdict == .fail)
        #expect(zero([]).verdict == .inconclusive)
    }
}
