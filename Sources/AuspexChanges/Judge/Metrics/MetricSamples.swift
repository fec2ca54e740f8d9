/// What was measured of one metric on both sides, in order of time; NaN where a value is missing.
package struct MetricSamples: Hashable, Sendable {
    /// One side of a comparison.
    package struct Side: Hashable, Sendable {
        /// The values, one an interval.
        package var values: [Double]
        /// What each value is a part of, such as the requests of an interval whose errors are the values; nil when the
        /// metric has no such.
        package var denominators: [Double]?
        /// What was expected of each value, such as the same time of earlier days; nil when nothing was.
        package var expected: [Double]?
        /// How many intervals were measured on the side, be it without a value of this metric.
        package var rows: Int

        /// Creates a side; without `rows` as many as there are values were measured.
        package init(
            values: [Double], denominators: [Double]? = nil, expected: [Double]? = nil, rows: Int? = nil
        ) {
            self.values = values
            self.rows = rows ?? values.count
            self.denominators = denominators
            self.expected = expected
        }
    }

    /// The metric's name.
    package var name: String
    /// What ran before, or beside.
    package var baseline: Side
    /// What runs now.
    package var canary: Side

    /// Creates the samples of a metric.
    package init(name: String, baseline: Side, canary: Side) {
        self.name = name
        self.baseline = baseline
        self.canary = canary
    }

    /// Creates the samples of a metric that is a plain series.
    package init(name: String, baseline: [Double], canary: [Double]) {
        self.init(name: name, baseline: Side(values: baseline), canary: Side(values: canary))
    }
}
