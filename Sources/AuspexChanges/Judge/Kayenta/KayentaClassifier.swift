import AuspexNumerics

/// Classifies one metric as kayenta does (`MannWhitneyClassifier`, spinnaker/kayenta a69573be).
package struct KayentaClassifier: Hashable, Sendable {
    /// How much of the estimated difference the interval must stay away from zero. Default 0.25.
    package var tolerance = 0.25
    /// The chance with which the interval covers the difference. Default 0.98.
    package var confidence = 0.98

    /// Creates kayenta's defaults.
    package init() {}

    /// What was found.
    package struct Finding: Hashable, Sendable {
        /// The class.
        package var `class`: MetricVerdict.Class
        /// Whether a critical metric did not pass by a critical effect.
        package var isCritical = false
        /// The effect, NaN when a mean is 0; nil without data.
        package var effect: Double?
        /// The distance of the sides; nil when they were not tested.
        package var distance: MannWhitney.Distance?
        /// The test's p-value, to either side, for information: the interval decides.
        package var p: Double?
        /// The values of the baseline that counted.
        package var baseline: [Double]
        /// The values of the canary that counted.
        package var canary: [Double]
    }

    /// Classifies.
    ///
    /// - Parameters:
    ///   - metric: How to look at it.
    ///   - baseline: The values of the baseline, called control there.
    ///   - canary: The values of the canary, called experiment there.
    package func classify(_ metric: KayentaMetric, baseline: [Double], canary: [Double]) -> Finding {
        let control = Self.prepared(baseline, metric)
        let experiment = Self.prepared(canary, metric)
        var finding = Finding(class: .pass, baseline: control, canary: experiment)
        if control.isEmpty || experiment.isEmpty {
            guard metric.missingValues == .remove else { return finding }
            finding.class = metric.mustHaveData && !metric.critical ? .noDataFail : .noData
            finding.isCritical = metric.critical
            return finding
        }
        let effect = Self.effect(metric.measure, control, experiment)
        finding.effect = effect
        guard control.sorted() != experiment.sorted(), Set(control + experiment).count > 1 else { return finding }
        let isStiff = Set(control).count == 1 && Set(experiment).count == 1
        let sides = isStiff ? (Self.loosened(experiment), Self.loosened(control)) : (experiment, control)
        guard let test = MannWhitney(sides.0, sides.1) else { return finding }
        let distance = test.distance(confidence: confidence)
        finding.distance = distance
        finding.p = test.twoSidedP
        finding.class = `class`(metric, distance, effect)
        finding.isCritical = metric.critical && Self.isCritical(finding.class, metric, effect)
        return finding
    }

    private func `class`(
        _ metric: KayentaMetric, _ distance: MannWhitney.Distance, _ effect: Double
    ) -> MetricVerdict.Class {
        let bound = tolerance * distance.estimate.magnitude
        let neutral = metric.measure.neutral
        let isHigh = distance.lower > bound && (effect.isNaN || effect >= metric.allowedIncrease ?? neutral)
        let isLow = distance.upper < -bound && (effect.isNaN || effect <= metric.allowedDecrease ?? neutral)
        if metric.direction != .decrease, isHigh { return .high }
        if metric.direction != .increase, isLow { return .low }
        return .pass
    }

    private static func isCritical(_ class: MetricVerdict.Class, _ metric: KayentaMetric, _ effect: Double) -> Bool {
        let neutral = metric.measure.neutral
        return switch `class` {
        case .high: effect.isNaN || effect >= metric.criticalIncrease ?? neutral
        case .low: effect.isNaN || effect <= metric.criticalDecrease ?? neutral
        case .pass, .spread, .noData, .noDataFail: false
        }
    }

    private static func effect(_ measure: KayentaMetric.Measure, _ control: [Double], _ experiment: [Double]) -> Double
    {
        switch measure {
        case .meanRatio:
            let (below, above) = (Moments(control).mean, Moments(experiment).mean)
            return below == 0 || above == 0 ? .nan : above / below
        case .cles:
            return MannWhitney(experiment, control)?.commonLanguageEffect ?? .nan
        }
    }

    private static func prepared(_ values: [Double], _ metric: KayentaMetric) -> [Double] {
        let present =
            switch metric.missingValues {
            case .remove: values.filter(\.isFinite)
            case .replace: values.map { $0.isFinite ? $0 : 0 }
            }
        guard let factor = metric.outlierFactor else { return present }
        guard let low = OrderStatistics.quantile(present, 0.25), let high = OrderStatistics.quantile(present, 0.75),
            let least = OrderStatistics.quantile(present, 0.01), let most = OrderStatistics.quantile(present, 0.99)
        else { return present }
        let reach = factor * (high - low)
        let fences = min(least, low - reach)...max(most, high + reach)
        return present.filter(fences.contains)
    }

    private static let looseness = 1e-5

    /// Two constants have no deviation to be measured by, so a little is added, by Gaussian quantiles in place of
    /// kayenta's random numbers: the answer is always the same.
    private static func loosened(_ values: [Double]) -> [Double] {
        let count = Double(values.count)
        return values.enumerated().map { index, value in
            value + looseness * value.magnitude * Gaussian.quantile((Double(index) + 0.5) / count)
        }
    }
}
