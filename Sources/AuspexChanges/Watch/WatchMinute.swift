package import AuspexSignals

/// What there is to see of a service in one minute.
package struct WatchMinute: Sendable {
    /// A series with what it shows.
    package struct Series: Sendable {
        /// Which series.
        package var labels: Labels
        /// What it shows.
        package var minute: SeriesMinute

        /// Creates a series' minute.
        package init(labels: Labels, minute: SeriesMinute) {
            self.labels = labels
            self.minute = minute
        }
    }

    /// The minute, counted from 1970.
    package var number: Int64
    /// The service's own series.
    package var series: [Series]
    /// Those of services that were not changed, always the same services in the same order.
    package var controls: [[Series]]

    /// Creates a minute.
    package init(number: Int64, series: [Series], controls: [[Series]] = []) {
        self.number = number
        self.series = series
        self.controls = controls
    }
}
