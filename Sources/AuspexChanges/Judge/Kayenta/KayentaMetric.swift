/// How kayenta's judge is to look at one metric: the part of its configuration below `analysisConfigurations.canary`.
package struct KayentaMetric: Hashable, Sendable {
    /// What becomes of missing values.
    package enum MissingValues: String, Hashable, Sendable, CaseIterable {
        /// They are left out.
        case remove
        /// They count as 0.
        case replace
    }

    /// How far apart the sides are.
    package enum Measure: String, Hashable, Sendable, CaseIterable {
        /// The mean of the canary over that of the baseline.
        case meanRatio
        /// The chance that a value of the canary is above one of the baseline.
        case cles

        /// The size of no effect.
        var neutral: Double { self == .meanRatio ? 1 : 0.5 }
    }

    /// The metric's name.
    package var name: String
    /// The groups that it counts in. A metric without groups counts in one called ``ungrouped``.
    package var groups: [String] = []
    /// Which difference counts.
    package var direction = MetricDirection.either
    /// What becomes of missing values.
    package var missingValues = MissingValues.remove
    /// Whether the score is 0 when the metric does not pass.
    package var critical = false
    /// Whether the metric is shown and does not count.
    package var muted = false
    /// Whether missing data counts as a failed metric.
    package var mustHaveData = false
    /// What the effect is measured by.
    package var measure = Measure.meanRatio
    /// From this effect on an increase counts; nil is the measure's value of no effect, here and below.
    package var allowedIncrease: Double?
    /// Up to this effect a decrease counts.
    package var allowedDecrease: Double?
    /// From this effect on an increase of a critical metric is critical.
    package var criticalIncrease: Double?
    /// Up to this effect a decrease of a critical metric is critical.
    package var criticalDecrease: Double?
    /// Outliers are removed by this factor of the distance between the quartiles; nil keeps them.
    package var outlierFactor: Double?

    /// The group of metrics that have none.
    package static let ungrouped = "ungrouped"

    /// Creates the defaults for a metric.
    package init(name: String) {
        self.name = name
    }
}
