import Foundation

/// Evidence about one metric, for and against.
struct MetricEvidence: Hashable, Sendable, Codable {
    /// Evidence about counts or about levels, in one direction.
    private enum Evidence: Hashable, Sendable, Codable {
        case events(CountEvidence)
        case level(LevelEvidence)
        case shift(ShiftEvidence)

        init(_ metric: JudgeStream.Metric) {
            switch (metric.kind, metric.isAgainstPast) {
            case (.gauge, true): self = .shift(ShiftEvidence())
            case (.gauge, false): self = .level(LevelEvidence())
            case (.count, _), (.ratio, _): self = .events(CountEvidence())
            }
        }

        var logarithm: Double {
            switch self {
            case .events(let evidence): evidence.logarithm
            case .level(let evidence): evidence.logarithm
            case .shift(let evidence): evidence.logarithm
            }
        }

        /// Takes in an interval where the first side may be more than `allowance` times the second.
        mutating func update(_ suspect: Side, _ other: Side, _ allowance: Double, _ isRatio: Bool) {
            switch self {
            case .events(var evidence):
                evidence.update(
                    suspect: suspect.value, other: other.value, suspectExposure: suspect.exposure * allowance,
                    otherExposure: other.exposure)
                self = .events(evidence)
            case .level(var evidence):
                let difference =
                    isRatio
                    ? log(suspect.value) - log(other.value) - log(allowance) : suspect.value - other.value * allowance
                evidence.update(difference: difference)
                self = .level(evidence)
            case .shift(var evidence):
                evidence.update(suspect.value)
                self = .shift(evidence)
            }
        }

        /// Takes in values from before.
        mutating func learn(_ values: [Double]) {
            guard case .shift(var evidence) = self else { return }
            evidence.learn(values)
            self = .shift(evidence)
        }
    }

    private typealias Side = (value: Double, exposure: Double)

    private let metric: JudgeStream.Metric
    private let tolerated: Double
    private var higher: Evidence
    private var lower: Evidence
    /// That the canary is not higher than tolerated: the baseline is more than the canary's value over what is
    /// tolerated.
    private var notHigher: Evidence
    private var notLower: Evidence

    init(_ metric: JudgeStream.Metric, tolerated: Double) {
        self.metric = metric
        self.tolerated = tolerated
        higher = Evidence(metric)
        lower = higher
        notHigher = higher
        notLower = higher
    }

    /// Takes in what a level was before.
    mutating func learn(_ values: [Double]) {
        let values = values.map(level)
        higher.learn(values)
        notLower.learn(values)
        lower.learn(values.map { -$0 })
        notHigher.learn(values.map { -$0 })
    }

    /// The level on the scale on which it is compared.
    private func level(_ value: Double) -> Double { metric.scale == .ratio ? (value > 0 ? log(value) : .nan) : value }

    /// Takes in a level that is compared with what it was before: up or down, and less than what is tolerated.
    private mutating func update(level value: Double) {
        func side(_ value: Double) -> Side { (value: value, exposure: 1) }
        let allowed = metric.scale == .ratio ? log(tolerated) : 0
        higher.update(side(value), side(0), 1, false)
        lower.update(side(-value), side(0), 1, false)
        notHigher.update(side(allowed - value), side(0), 1, false)
        notLower.update(side(value + allowed), side(0), 1, false)
    }

    mutating func update(_ interval: JudgeStream.Interval) {
        if metric.kind == .gauge, metric.isAgainstPast { return update(level: level(interval.canary)) }
        let canary = (value: interval.canary, exposure: interval.canaryExposure)
        let baseline = (value: interval.baseline, exposure: interval.baselineExposure)
        let isRatio = metric.scale == .ratio
        if metric.direction != .decrease {
            higher.update(canary, baseline, 1, isRatio)
            notHigher.update(baseline, canary, 1 / tolerated, isRatio)
        }
        if metric.direction != .increase {
            lower.update(baseline, canary, 1, isRatio)
            notLower.update(canary, baseline, 1 / tolerated, isRatio)
        }
    }

    /// The logarithm of the evidence that the metric is worse.
    var worse: Double {
        switch metric.direction {
        case .increase: higher.logarithm
        case .decrease: lower.logarithm
        case .either: LogMean.of([higher.logarithm, lower.logarithm])
        }
    }

    /// The logarithm of the evidence that it is within what is tolerated; nil when that can't be told.
    var safe: Double? {
        guard metric.kind != .gauge || metric.scale == .ratio else { return nil }
        return switch metric.direction {
        case .increase: notHigher.logarithm
        case .decrease: notLower.logarithm
        case .either: min(notHigher.logarithm, notLower.logarithm)
        }
    }
}
