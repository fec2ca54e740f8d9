extension PlannedMetric {
    /// The newest minute since the change against a stretch of the time before, or against the same minute of what runs
    /// beside it; nil when a side has no value.
    ///
    /// A level is compared with all of the time before at once. For events the time before was cut into as many blocks as
    /// there would be minutes, so that each of its events counts once; when all are used, there is nothing to compare with.
    ///
    /// - Parameters:
    ///   - isBeside: Whether it is compared with what runs beside it.
    ///   - minimumEffect: The largest difference that does not count.
    func interval(isBeside: Bool, minimumEffect: Double) -> JudgeStream.Interval? {
        let index = after.values.count - 1
        guard index >= 0, !after.values[index].isNaN else { return nil }
        let factor = factor(minimumEffect)
        if metric.kind == .gauge {
            let value = metric.scale == .ratio ? after.values[index] / factor : after.values[index]
            return JudgeStream.Interval(baseline: isBeside ? beside.values[index] : .nan, canary: value)
        }
        let side = isBeside ? beside : before
        let rows = isBeside ? index..<index + 1 : block(index)
        let present = rows.filter { $0 < side.values.count && !side.values[$0].isNaN }
        guard !present.isEmpty else { return nil }
        let sum = present.reduce(0) { $0 + side.values[$1] }
        var exposures = (before: Double(present.count), after: 1.0)
        if metric.kind == .ratio {
            exposures = (present.reduce(0) { $0 + side.wholes[$1] }, after.wholes[index])
        } else if isBeside {
            // Fewer instances see fewer events; beside each other there is nothing else to hold them against.
            exposures = (Double(side.series[index]), Double(after.series[index]))
        }
        return JudgeStream.Interval(
            baseline: sum / dispersion, canary: after.values[index] / dispersion, baselineExposure: exposures.before,
            canaryExposure: exposures.after * factor)
    }

    /// What the canary is divided by, so that only what is worse by more than the least effect is evidence.
    private func factor(_ minimumEffect: Double) -> Double {
        switch metric.direction {
        case .increase: 1 + minimumEffect
        case .decrease: 1 / (1 + minimumEffect)
        case .either: 1
        }
    }

    private func block(_ index: Int) -> Range<Int> {
        let start = min(index * blockWidth, before.values.count)
        return start..<min(start + blockWidth, before.values.count)
    }

    /// What the judge at the end looks at.
    func samples(isBeside: Bool) -> MetricSamples {
        func side(_ column: Column) -> MetricSamples.Side {
            MetricSamples.Side(
                values: column.values,
                denominators: metric.kind == .ratio ? column.wholes : nil)
        }
        var (left, right) = (side(isBeside ? beside : before), side(after))
        if isBeside, metric.kind == .count {
            left.expected = beside.series.map(Double.init)
            right.expected = after.series.map(Double.init)
        }
        return MetricSamples(name: metric.name, baseline: left, canary: right)
    }

    /// How the judge at the end looks at it.
    func policy(minimumEffect: Double) -> MetricPolicy {
        var policy = MetricPolicy(name: metric.name)
        policy.kind = metric.kind
        policy.direction = metric.direction
        policy.minimumEffect = minimumEffect
        policy.required = isRequired
        return policy
    }
}
