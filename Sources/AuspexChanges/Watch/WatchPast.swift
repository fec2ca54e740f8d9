import AuspexSignals

/// What a service's metrics were before a change, minute by minute.
struct WatchPast: Hashable, Sendable, Codable {
    /// Metrics of which the past is kept; those beyond are left out, those that tell least first.
    private static let mostMetrics = 128

    /// How many minutes were looked at.
    private(set) var rows = 0
    /// Whether anything of the service was heard in each minute.
    private(set) var heard: [Bool] = []
    /// What each metric is made of, by its title.
    private(set) var uses: [String: SeriesUse] = [:]
    /// The values of services that were not changed: for each of them by title, as far as they are levels.
    private(set) var controls: [[String: [Double]]] = []
    private var columns: [String: [MetricMinute]] = [:]

    /// Takes the next minute.
    mutating func add(_ minute: WatchMinute) {
        let sums = MetricSums(minute.series)
        for use in sums.uses.sorted(by: SeriesUse.isMoreTelling)
        where uses[use.title] == nil && uses.count < Self.mostMetrics {
            uses[use.title] = use
            columns[use.title] = [MetricMinute](repeating: MetricMinute(), count: rows)
        }
        for title in uses.keys { columns[title]?.append(sums[title]) }
        for (index, series) in minute.controls.enumerated() {
            if index >= controls.count { controls.append([:]) }
            let sums = MetricSums(series)
            for use in uses.values where use.form == .level || use.form == .mean {
                var column = controls[index][use.title] ?? [Double](repeating: .nan, count: rows)
                column.append(sums[use.title].value)
                controls[index][use.title] = column
            }
        }
        heard.append(!sums.isEmpty)
        rows += 1
    }

    /// The minutes of a metric. Of a counter that came with its first event, minutes in which other things were heard of
    /// the service are minutes without an event.
    func column(_ use: SeriesUse) -> [MetricMinute] {
        let column = columns[use.title] ?? [MetricMinute](repeating: MetricMinute(), count: rows)
        guard use.form == .rate else { return column }
        return zip(column, heard).map { minute, wasHeard in
            var minute = minute
            if minute.value.isNaN, wasHeard { minute.value = 0 }
            return minute
        }
    }
}

extension SeriesUse {
    /// The order in which metrics are looked at when there are too many.
    static func isMoreTelling(_ left: SeriesUse, _ right: SeriesUse) -> Bool {
        (left.rank, left.title) < (right.rank, right.title)
    }
}
