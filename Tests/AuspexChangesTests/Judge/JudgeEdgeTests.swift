import Testing

@testable import AuspexChanges

/// What is missing, constant, too short or no number.
@Suite struct JudgeEdgeTests {
    static let nan = Double.nan

    struct Case: CustomTestStringConvertible {
        var name: String
        var baseline: MetricSamples.Side
        var canary: MetricSamples.Side
        var kind: MetricKind?
        var verdict: Verdict.Outcome
        var reason: String
        var testDescription: String { name }
    }

    private static func plain(_ values: [Double]) -> MetricSamples.Side { .init(values: values) }
    private static func ratio(_ values: [Double], _ denominators: [Double]) -> MetricSamples.Side {
        .init(values: values, denominators: denominators)
    }

    static let cases = [
        Case(
            name: "both empty", baseline: plain([]), canary: plain([]), verdict: .inconclusive,
            reason: "m: neither side has data"),
        Case(
            name: "only NaN", baseline: plain([nan, nan]), canary: plain([nan]), verdict: .inconclusive,
            reason: "m: neither side has data"),
        Case(
            name: "no canary", baseline: plain([1, 2, 3]), canary: plain([]), verdict: .inconclusive,
            reason: "m: the canary has no data, the baseline has 3 values"),
        Case(
            name: "no baseline", baseline: plain([]), canary: plain([1.5]), verdict: .inconclusive,
            reason: "m: the baseline has no data, the canary has 1 values"),
        Case(
            name: "infinite values are none", baseline: plain([.infinity, 1]), canary: plain([-.infinity]),
            verdict: .inconclusive, reason: "m: the canary has no data"),
        Case(
            name: "too short", baseline: plain([1.5, 2, 3, 4, 5]), canary: plain([1.5, 2, 3, 4]),
            verdict: .inconclusive,
            reason: "m: too little data: 5 values of the baseline and 4 of the canary, at least 5 are needed"),
        Case(
            name: "no traffic on the canary", baseline: ratio([1, 2], [100, 100]), canary: ratio([0, 0], [0, 0]),
            verdict: .inconclusive, reason: "m: the canary has no traffic: all its denominators are 0"),
        Case(
            name: "no traffic on the baseline", baseline: ratio([0], [0]), canary: ratio([1], [10]),
            verdict: .inconclusive, reason: "m: the baseline has no traffic"),
        Case(
            name: "no traffic at all", baseline: ratio([0], [0]), canary: ratio([0], [0]), verdict: .inconclusive,
            reason: "m: neither side has traffic"),
        Case(
            name: "a denominator on one side only", baseline: ratio([1], [100]), canary: plain([1]),
            verdict: .inconclusive, reason: "m: the canary has no data"),
        Case(
            name: "so little traffic that nothing could be found", baseline: ratio([5], [10]), canary: ratio([1], [1]),
            verdict: .inconclusive, reason: "m: too little traffic to find any difference: 1 against 10"),
        Case(
            name: "a ratio without denominators", baseline: plain([1]), canary: plain([1]), kind: .ratio,
            verdict: .inconclusive, reason: "m: a ratio needs a denominator"),
        Case(
            name: "equal constants", baseline: plain([7, 7, 7, 7, 7]), canary: plain([7, 7, 7, 7, 7, 7]),
            verdict: .pass,
            reason: "m: 7 against 7"),
        Case(
            name: "different constants", baseline: plain([7, 7, 7, 7, 7]), canary: plain([9, 9, 9, 9, 9]),
            verdict: .fail,
            reason: "m: 9 against 7"),
        Case(
            name: "no event on either side", baseline: plain([0, 0]), canary: plain([0, 0, 0]), verdict: .pass,
            reason: "m: 0 against 0"),
        Case(
            name: "one event against none", baseline: plain([0, 0]), canary: plain([0, 1]), verdict: .pass,
            reason: "m: 0.5 against 0"),
        Case(
            name: "huge numbers", baseline: plain([1e300, 2e300, 1e300, 2e300, 1e300]),
            canary: plain([1e300, 2e300, 1e300, 2e300, 1e300]), verdict: .pass, reason: "m: 1e+300 against 1e+300"),
        Case(
            name: "the largest counts", baseline: plain([1e308, 1e308, 0, 1e308]),
            canary: plain([1e308, 1e308, 0, 1e308]),
            kind: .count, verdict: .pass, reason: "m: "),
        Case(
            name: "negative values are no counts", baseline: plain([-1, -2]), canary: plain([-1]), kind: .count,
            verdict: .inconclusive, reason: "m: neither side has data"),
    ]

    @Test("edges have a defined verdict with its reason", arguments: cases)
    func edge(edge: Case) {
        var policy = JudgePolicy()
        var metric = MetricPolicy(name: "m")
        metric.kind = edge.kind
        policy.metrics = [metric]
        let report = Judge(policy: policy).judge([
            MetricSamples(name: "m", baseline: edge.baseline, canary: edge.canary)
        ])
        #expect(report.verdict == edge.verdict, "\(report)")
        #expect(report.metrics.first?.reason.hasPrefix(edge.reason) ?? false, "\(report.metrics.first?.reason ?? "")")
        #expect(report.metrics.allSatisfy { !($0.p?.isNaN ?? false) && !($0.effect?.isNaN ?? false) })
    }

    @Test("without metrics nothing is known")
    func nothing() {
        let report = Judge().judge([])
        #expect(report.verdict == .inconclusive)
        #expect(report.score == nil)
        #expect(report.reasons == ["there is no metric that could be judged"])
    }

    @Test("a metric that is not required may be missing")
    func notRequired() {
        var policy = JudgePolicy()
        var metric = MetricPolicy(name: "a")
        metric.required = false
        policy.metrics = [metric]
        let samples = [
            MetricSamples(name: "a", baseline: [], canary: []),
            MetricSamples(name: "b", baseline: [7, 7, 7, 7, 7], canary: [7, 7, 7, 7, 7]),
        ]
        #expect(Judge(policy: policy).judge(samples).verdict == .pass)
        policy.metrics = []
        #expect(Judge(policy: policy).judge(samples).verdict == .inconclusive)
    }

    @Test("a failing metric fails whatever else is missing; a critical one leaves no point")
    func failureFirst() {
        let samples = [
            MetricSamples(name: "a", baseline: [], canary: []),
            MetricSamples(name: "b", baseline: [7, 7, 7, 7, 7, 7, 7, 7], canary: [9, 9, 9, 9, 9, 9, 9, 9]),
            MetricSamples(name: "c", baseline: [7, 7, 7, 7, 7], canary: [7, 7, 7, 7, 7]),
        ]
        #expect(Judge().judge(samples).verdict == .fail)
        #expect(Judge().judge(samples).score == 50)
        var policy = JudgePolicy()
        var metric = MetricPolicy(name: "b")
        metric.critical = true
        policy.metrics = [metric]
        #expect(Judge(policy: policy).judge(samples).score == 0)
        metric.muted = true
        policy.metrics = [metric]
        #expect(Judge(policy: policy).judge(Array(samples.dropFirst())).verdict == .pass)
    }

    @Test("sides of different lengths are compared by what there is of each")
    func lengths() {
        var metric = GeneratedMetric(seed: 5)
        let samples = MetricSamples(name: "m", baseline: metric.gauge(200), canary: metric.gauge(30, factor: 1.5))
        let report = Judge().judge([samples])
        #expect(report.verdict == .fail)
        #expect(report.metrics[0].baselineCount == 200)
        #expect(report.metrics[0].canaryCount == 30)
    }
}
