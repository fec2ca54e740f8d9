/// What is known of a series in one minute.
package struct SeriesMinute: Hashable, Sendable {
    /// The mean of its values.
    package var mean: Double
    /// By how much it rose, if it is a counter: what it shows after it has fallen is taken for counted since. NaN when
    /// it falls too often to be one, or there was no sample before.
    package var rise: Double
    /// The mean of what its detector expected; NaN when that expects nothing.
    package var expected: Double

    /// Creates a minute.
    package init(mean: Double, rise: Double = .nan, expected: Double = .nan) {
        self.mean = mean
        self.rise = rise
        self.expected = expected
    }
}
