import Testing

@testable import AuspexChanges

/// Before and after, with services that were not changed.
@Suite struct ControlExpectationTests {
    @Test("controls are taken relative to their own past, and their middle counts")
    func ratios() {
        let expected = ControlExpectation.expected([
            (before: [10, 10, 10], after: [20, 30]), (before: [1000, 1000, 1000], after: [2000, 3000]),
            (before: [1, 1, 1], after: [50, .nan]),
        ])
        #expect(expected.before == [1, 1, 1])
        #expect(zip(expected.after, [2, 3]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test("where a value is not positive, differences count")
    func differences() {
        let expected = ControlExpectation.expected([(before: [-1, 0, 1], after: [5])])
        #expect(expected.before == [-1, 0, 1])
        #expect(expected.after == [5])
    }

    @Test("without a control that has a past nothing is expected")
    func nothing() {
        let expected = ControlExpectation.expected([(before: [], after: [1, 2])])
        #expect(expected.before.isEmpty && expected.after.isEmpty)
    }

    private func report(_ own: Double, _ others: Double) -> JudgeReport {
        var metric = GeneratedMetric(seed: 31)
        func columns(_ own: Double, _ others: Double) -> MetricTable {
            MetricTable([
                ("load", metric.gauge(40, factor: own)), ("a", metric.gauge(40, factor: 3 * others)),
                ("b", metric.gauge(40, factor: others)), ("c", metric.gauge(40, factor: 9 * others)),
            ])
        }
        let (before, after) = (columns(1, 1), columns(own, others))
        let text = "metrics: [{name: load, direction: increase, controls: [a, b, c]}]"
        guard let configuration = try? JudgeConfiguration(parsing: text, file: "j.yaml") else {
            return JudgeReport(judge: "", verdict: .inconclusive, reasons: [], groups: [], metrics: [])
        }
        return configuration.judge(baseline: before, canary: after)
    }

    @Test("a rise that all have is none, a rise that the others have not is one")
    func differenceInDifferences() {
        #expect(report(2, 2).verdict == .pass)
        #expect(report(2, 1).verdict == .fail)
        // Standing still while all others fall to a half.
        #expect(report(1, 0.5).verdict == .fail)
    }
}
