import AuspexTesting
import Testing

@testable import AuspexChanges

/// What the judge finds, and how often it errs, on generated series.
@Suite struct JudgeTests {
    private func judge(_ samples: MetricSamples, _ kind: MetricKind, _ direction: MetricDirection) -> JudgeReport {
        var metric = MetricPolicy(name: samples.name)
        metric.kind = kind
        metric.direction = direction
        var policy = JudgePolicy()
        policy.metrics = [metric]
        return Judge(policy: policy).judge([samples])
    }

    private func fails(
        _ runs: Int, seed: UInt64, _ kind: MetricKind, _ make: (inout GeneratedMetric) -> ([Double], [Double])
    ) -> Int {
        var metric = GeneratedMetric(seed: seed)
        return (0..<runs).count { _ in
            let (baseline, canary) = make(&metric)
            return judge(MetricSamples(name: "m", baseline: baseline, canary: canary), kind, .increase).verdict == .fail
        }
    }

    @Test("a gauge that does not differ rarely fails, autocorrelated or not", arguments: [0, 0.5, 0.8])
    func falseAlarms(correlation: Double) {
        let count = fails(200, seed: 21, .gauge) {
            ($0.gauge(60, correlation: correlation), $0.gauge(60, correlation: correlation))
        }
        #expect(count <= 10)
    }

    @Test("a gauge that is half as high again fails", arguments: [(0.0, 200, 198), (0.5, 200, 170), (0.8, 200, 110)])
    func power(correlation: Double, runs: Int, atLeast: Int) {
        let count = fails(runs, seed: 22, .gauge) {
            ($0.gauge(60, correlation: correlation), $0.gauge(60, correlation: correlation, factor: 1.5))
        }
        #expect(count >= atLeast)
    }

    @Test("sparse counts: four times as many fail, as many do not")
    func sparse() {
        #expect(fails(200, seed: 23, .count) { ($0.counts(60, mean: 0.2), $0.counts(60, mean: 0.8)) } >= 196)
        #expect(fails(200, seed: 24, .count) { ($0.counts(60, mean: 0.2), $0.counts(60, mean: 0.2)) } <= 10)
    }

    @Test("shares: errors among requests, with traffic that differs between the sides")
    func shares() {
        func report(_ share: Double, seed: UInt64) -> JudgeReport {
            var metric = GeneratedMetric(seed: seed)
            let baseline = (0..<20).map { _ in metric.successes(of: 1000, share: 0.01) }
            let canary = (0..<20).map { _ in metric.successes(of: 100, share: share) }
            return judge(
                MetricSamples(
                    name: "errors", baseline: .init(values: baseline, denominators: Array(repeating: 1000, count: 20)),
                    canary: .init(values: canary, denominators: Array(repeating: 100, count: 20))), .ratio, .increase)
        }
        #expect(report(0.03, seed: 1).verdict == .fail)
        #expect(report(0.03, seed: 1).metrics[0].test == "fisher")
        #expect((1...50).count { report(0.01, seed: $0).verdict == .fail } <= 4)
    }

    @Test("availability that falls from 99.9 to 98 percent counts, though the ratio is nearly 1")
    func availability() {
        let samples = MetricSamples(
            name: "success", baseline: .init(values: [9990], denominators: [10_000]),
            canary: .init(values: [9800], denominators: [10_000]))
        let report = judge(samples, .ratio, .decrease)
        #expect(report.verdict == .fail)
        #expect(report.metrics[0].class == .low)
        #expect(judge(samples, .ratio, .increase).verdict == .pass)
    }

    @Test("shares of more traffic than can be counted, or of rates, are compared by the rarer outcome")
    func largeShares() {
        func report(_ share: Double, _ traffic: Double) -> JudgeReport {
            judge(
                MetricSamples(
                    name: "success", baseline: .init(values: [0.999 * traffic], denominators: [traffic]),
                    canary: .init(values: [share * traffic], denominators: [traffic])), .ratio, .decrease)
        }
        for traffic in [4e9, 50_000.5] {
            #expect(report(0.99, traffic).verdict == .fail)
            #expect(report(0.99, traffic).metrics[0].class == .low)
            // Ten times the errors, which 0.991 times the successes would hide.
            #expect(report(0.99, traffic).metrics[0].reason.contains(", of the rest 10 times as much, p "))
            #expect(report(0.999, traffic).verdict == .pass)
            #expect(report(0.9999, traffic).verdict == .pass)
        }
    }

    @Test("events may be more than what they are held against")
    func moreThanWhole() {
        let samples = MetricSamples(
            name: "retries", baseline: .init(values: [150], denominators: [100]),
            canary: .init(values: [300], denominators: [100]))
        #expect(judge(samples, .ratio, .increase).verdict == .fail)
        #expect(judge(samples, .ratio, .increase).metrics[0].effect == 2)
    }

    @Test(
        "where values may be 0 or less, what is expected is taken off, and the difference held against the usual value")
    func expectedDifferences() throws {
        var metric = GeneratedMetric(seed: 28)
        let noise = metric.gauge(60).map { $0 - 100 }
        let day = (0..<30).map { 500 * Double($0 % 3 - 1) }
        func report(_ shift: Double) -> JudgeReport {
            judge(
                MetricSamples(
                    name: "balance",
                    baseline: .init(
                        values: noise.prefix(30).map { 1000 + $0 }, expected: Array(repeating: 0, count: 30)),
                    canary: .init(values: day.indices.map { 1000 + shift + noise[30 + $0] + day[$0] }, expected: day)),
                .gauge, .increase)
        }
        #expect(report(0).verdict == .pass)
        #expect(report(200).verdict == .fail)
        #expect(abs(try #require(report(200).metrics[0].effect) - 1.2) < 0.05)
        // A difference of half the noise is a twentieth of the usual value.
        #expect(report(50).verdict == .pass)
    }

    @Test("errors that come in one burst are worth less than as many that come one by one")
    func bursts() throws {
        var burst = [Double](repeating: 0, count: 30)
        burst[11] = 30
        let baseline = [Double](repeating: 0, count: 30)
        let even = [Double](repeating: 1, count: 30)
        #expect(
            judge(MetricSamples(name: "errors", baseline: baseline, canary: even), .count, .increase).verdict == .fail)
        let report = judge(MetricSamples(name: "errors", baseline: baseline, canary: burst), .count, .increase)
        #expect(report.verdict == .pass)
        #expect(report.reasons != [])
        #expect(try #require(report.metrics.first).reason.contains("events come in bursts: 30 count as one"))
    }

    @Test("a difference too small to count passes however clear it is, unless less counts")
    func minimumEffect() {
        var metric = GeneratedMetric(seed: 25)
        let samples = MetricSamples(name: "m", baseline: metric.gauge(2000), canary: metric.gauge(2000, factor: 1.06))
        let report = judge(samples, .gauge, .increase)
        #expect(report.verdict == .pass)
        #expect(report.metrics[0].reason.contains("less than the least that counts"))
        var policy = JudgePolicy()
        policy.minimumEffect = 0.02
        #expect(Judge(policy: policy).judge([samples]).verdict == .fail)
    }

    @Test("with many metrics each must be clearer")
    func many() throws {
        func samples(_ name: String, _ errors: Double) -> MetricSamples {
            MetricSamples(
                name: name, baseline: [0, 0, 0, 0], canary: [errors / 4, errors / 4, errors / 4, errors / 4])
        }
        let bad = samples("bad errors", 8)
        #expect(Judge().judge([bad]).verdict == .fail)
        let report = Judge().judge([bad] + (0..<9).map { samples("other \($0) errors", 0) })
        #expect(report.verdict == .warn)
        let metric = try #require(report.metrics.first)
        #expect(abs(try #require(metric.adjustedP) - 10 * (try #require(metric.p))) < 1e-12)
    }

    @Test("against what was expected at this time of day, a rise that comes every day is none")
    func expected() {
        let shape = (0..<30).map { 100 + 20 * Double($0) }
        var metric = GeneratedMetric(seed: 26)
        let noise = metric.gauge(60).map { $0 / 100 }
        let before = shape.indices.map { 100 * noise[$0] }
        let after = shape.indices.map { shape[$0] * noise[30 + $0] }
        let flat = Array(repeating: 100.0, count: 30)
        func report(_ expectedBefore: [Double]?, _ expectedAfter: [Double]?) -> JudgeReport {
            judge(
                MetricSamples(
                    name: "load", baseline: .init(values: before, expected: expectedBefore),
                    canary: .init(values: after, expected: expectedAfter)), .gauge, .increase)
        }
        #expect(report(nil, nil).verdict == .fail)
        #expect(report(flat, shape).verdict == .pass)
        #expect(report(flat, flat).verdict == .fail)
    }

    @Test("counts are held against what was expected as well")
    func expectedCounts() {
        let samples = MetricSamples(
            name: "errors", baseline: .init(values: [5, 5, 5, 5], expected: [5, 5, 5, 5]),
            canary: .init(values: [20, 20, 20, 20], expected: [20, 20, 20, 20]))
        #expect(judge(samples, .count, .increase).verdict == .pass)
        var bare = samples
        bare.canary.expected = nil
        #expect(judge(bare, .count, .increase).verdict == .fail)
    }

    @Test("swapping the sides swaps high and low")
    func symmetry() {
        var random = SplitMix64(seed: 27)
        var metric = GeneratedMetric(seed: 27)
        for _ in 0..<40 {
            let (one, other) = (metric.gauge(12, factor: 1 + random.uniform()), metric.gauge(15))
            let forth = judge(MetricSamples(name: "m", baseline: one, canary: other), .gauge, .either)
            let back = judge(MetricSamples(name: "m", baseline: other, canary: one), .gauge, .either)
            #expect(forth.verdict == back.verdict)
            let (p, q) = (forth.metrics[0].p ?? -1, back.metrics[0].p ?? -2)
            #expect(abs(p - q) < 1e-9)
            let (effect, inverse) = (forth.metrics[0].effect ?? 0, back.metrics[0].effect ?? 0)
            #expect(abs(effect * inverse - 1) < 1e-6)
        }
    }

    @Test("new templates of error lines warn, by default, and fail when the policy says so")
    func templates() throws {
        let counts = TemplateCounts(
            entries: [
                .init(template: "cannot reach <*>", before: 0, after: 12),
                .init(template: "slow query", before: 40, after: 5),
                .init(template: "retry <*>", before: 30, after: 4),
                .init(template: "nonsense", before: .nan, after: -1),
            ], exposureBefore: 600, exposureAfter: 60)
        let samples = [MetricSamples(name: "m", baseline: [7, 7, 7, 7, 7], canary: [7, 7, 7, 7, 7])]
        let report = Judge().judge(samples, templates: counts)
        #expect(report.verdict == .warn)
        let metric = try #require(report.metrics.last)
        #expect(metric.name == "error templates")
        #expect(metric.reason.hasPrefix("error templates: 'cannot reach <*>' (12 lines after, none before, p "))
        var policy = JudgePolicy()
        policy.templates = .fail
        #expect(Judge(policy: policy).judge(samples, templates: counts).verdict == .fail)
        policy.templates = .ignore
        #expect(Judge(policy: policy).judge(samples, templates: counts).metrics.count == 1)
        #expect(
            Judge().judge(samples, templates: TemplateCounts(entries: counts.entries, exposureBefore: 0)).metrics.count
                == 1)
    }
}
