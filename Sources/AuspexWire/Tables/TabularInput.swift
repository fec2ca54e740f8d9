package import AuspexSignals

/// A file of measurements, read: its series, and what was left out.
package struct TabularInput: Hashable, Sendable {
    /// The path as the user gave it, `-` for standard input.
    package var file: String
    /// The series in order of first appearance; at least one, each with at least one row.
    package var series: [TabularSeries]
    /// How the times are written; nil when rows are numbered.
    package var timeFormat: TimeFormat?
    /// The column of times, if there is one.
    package var timeColumn: String?
    /// The column that named the series, if one did.
    package var seriesColumn: String?
    /// The column of labels, if there is one.
    package var labelColumn: String?
    /// Further columns whose names say that they are labels; they are no values.
    package var ignoredLabels: [String] = []
    /// The rows that could not be read; empty when the reading was strict.
    package var rejected = RejectedRows()

    /// Rows of all series together, without those left out.
    package var rowCount: Int { series.reduce(0) { $0 + $1.rowCount } }

    /// The measurements as the engine takes them: one series for each column and series of the table, in ascending time.
    /// Missing values are left out. A column without labels of its own is labelled with its name.
    ///
    /// Nil when the table has no times.
    package var seriesSamples: [SeriesSamples]? {
        guard series.allSatisfy({ $0.times != nil }) else { return nil }
        return series.flatMap { $0.samples }
    }
}

/// The rows that could not be read.
package struct RejectedRows: Hashable, Sendable {
    /// How many there were.
    package var count = 0
    /// The first of them, as many as were asked for.
    package var errors: [TableError] = []

    /// Creates an empty record.
    package init() {}
}

/// The rows of one series: n rows × d columns, column by column.
package struct TabularSeries: Hashable, Sendable {
    /// What identifies the series; empty when the file holds only one.
    package var labels: Labels
    /// The names of the d columns.
    package var names: [String]
    /// d columns of n values; NaN where the value is missing.
    package var columns: [[Double]]
    /// The n times in the rows' order, ascending or not; nil when rows are numbered.
    package var times: [Timestamp]?
    /// The n times as the file has them; nil when rows are numbered.
    package var timeTexts: TimeTexts?
    /// n labels, true where a row is anomalous; nil when the file has none.
    package var truth: [Bool]?
    /// Where the n rows stand among all rows of the file, from 0 and counting only rows that were read.
    package var rows: [Int]

    /// How many rows there are.
    package var rowCount: Int { rows.count }

    /// Creates a series.
    package init(
        labels: Labels = Labels(), names: [String], columns: [[Double]], times: [Timestamp]? = nil,
        timeTexts: TimeTexts? = nil, truth: [Bool]? = nil, rows: [Int]? = nil
    ) {
        self.labels = labels
        self.names = names
        self.columns = columns
        self.times = times
        self.timeTexts = timeTexts
        self.truth = truth
        self.rows = rows ?? Array(0..<(columns.first?.count ?? 0))
    }

    /// One series of samples for each column, oldest first, missing values left out; empty without times.
    fileprivate var samples: [SeriesSamples] {
        guard let times else { return [] }
        return zip(names, columns).map { name, column in
            let named = labels.name.isEmpty || columns.count > 1
            var samples: [Sample] = []
            samples.reserveCapacity(column.count)
            for (time, value) in zip(times, column) where !value.isNaN {
                samples.append(Sample(time: time, value: value))
            }
            let isOrdered = zip(samples, samples.dropFirst()).allSatisfy { $0.time <= $1.time }
            // The standard library's sort is stable, so that equal times keep the file's order.
            if !isOrdered { samples.sort { $0.time < $1.time } }
            return SeriesSamples(
                labels: named ? labels.setting(Labels.metricName, to: name) : labels, samples: samples)
        }
    }
}
