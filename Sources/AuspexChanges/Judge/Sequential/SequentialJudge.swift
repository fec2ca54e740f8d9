/// Judges two tables row by row, as if it had looked after every interval, and says when it would have stopped.
///
/// Row i of the baseline stands beside row i of the canary: either both were measured at the same time, or the baseline
/// is a stretch of the same length from before. Rows that only one side has are not looked at.
package struct SequentialJudge: Hashable, Sendable {
    /// Metrics, kinds and directions, and the chance of failing what is not worse.
    package var policy: JudgePolicy
    /// How to decide; its `alpha` is the policy's.
    package var settings: JudgeStream.Settings

    /// Creates a judge.
    package init(policy: JudgePolicy = JudgePolicy(), settings: JudgeStream.Settings = JudgeStream.Settings()) {
        self.policy = policy
        self.settings = settings
        self.settings.alpha = policy.alpha
    }

    /// Judges until it stops or the shorter table ends. Costs a look at every metric for each row.
    package func judge(baseline: MetricTable, canary: MetricTable) -> SequentialReport {
        let judge = Judge(policy: policy)
        let paired = policy.samples(baseline, canary).compactMap { samples -> PairedMetric? in
            let metric = judge.resolved(policy.metric(samples.name), samples)
            return metric.muted ? nil : PairedMetric(metric, samples)
        }
        var stream = JudgeStream(metrics: paired.map(\.metric), settings: settings)
        let rows = min(baseline.rows, canary.rows)
        var measured = [Int](repeating: 0, count: paired.count)
        var stop: Int?
        for row in 0..<rows where stop == nil {
            var intervals: [String: JudgeStream.Interval] = [:]
            for (index, pair) in paired.enumerated() {
                guard let interval = pair.interval(row) else { continue }
                measured[index] += 1
                intervals[pair.metric.name] = interval
            }
            if stream.update(intervals).verdict != .inconclusive { stop = row + 1 }
        }
        return SequentialReport(stream, measured: measured, rows: rows, stoppedAt: stop)
    }
}

/// A metric with the values of both sides, interval by interval.
struct PairedMetric {
    let metric: JudgeStream.Metric
    private let samples: MetricSamples

    /// Pairs the samples of a metric of which kind and direction are known.
    init(_ policy: MetricPolicy, _ samples: MetricSamples) {
        self.samples = policy.missing == .zero ? samples.withZeros : samples
        let present = (samples.baseline.values + samples.canary.values).filter { !$0.isNaN }
        metric = JudgeStream.Metric(
            name: policy.name, kind: policy.kind ?? .gauge, direction: policy.direction ?? .either,
            scale: present.allSatisfy { $0 > 0 } ? .ratio : .difference)
    }

    /// The values of a row; nil when a side has none, or nothing that it can be held against.
    func interval(_ row: Int) -> JudgeStream.Interval? {
        guard let before = side(samples.baseline, row), let after = side(samples.canary, row) else { return nil }
        return JudgeStream.Interval(
            baseline: before.value, canary: after.value, baselineExposure: before.exposure,
            canaryExposure: after.exposure)
    }

    private func side(_ side: MetricSamples.Side, _ row: Int) -> (value: Double, exposure: Double)? {
        guard row < side.values.count, !side.values[row].isNaN else { return nil }
        let value = side.values[row]
        let expected = Self.value(side.expected, row)
        switch metric.kind {
        case .gauge where metric.scale == .difference: return expected.isNaN ? nil : (value - expected, 1)
        case .gauge:
            return expected > 0 || side.expected == nil ? (value / (side.expected == nil ? 1 : expected), 1) : nil
        case .count, .ratio:
            let exposure = Self.value(side.denominators ?? side.expected, row, none: 1)
            return exposure > 0 ? (value, exposure) : nil
        }
    }

    /// The value of a row, `none` where there is no such column.
    private static func value(_ column: [Double]?, _ row: Int, none: Double = 0) -> Double {
        guard let column else { return none }
        return row < column.count ? column[row] : .nan
    }
}
