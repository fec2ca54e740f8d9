import AuspexDetection
import AuspexSignals
import AuspexWire

/// The columns of the benchmarks A3 and A4 of Yahoo's S5: what the values were made of stands beside them and would give the
/// truth away. (A1 and A2 have `timestamp,value,is_anomaly`, which need nothing special.)
enum YahooColumns {
    /// How the header of every such file begins; trend, noise and seasonalities follow.
    private static let names = ["timestamps", "value", "anomaly", "changepoint"]
    private static let millisecondsPerSecond = 1_000.0

    /// The series with its value alone, times in seconds since 1970 and the labels of the column `anomaly`; nil when its
    /// columns are others.
    ///
    /// - Throws: ``DatasetError`` when a label is neither 0 nor 1.
    static func series(_ series: TabularSeries, path: String) throws -> LabelledSeries? {
        guard series.names.starts(with: names), series.truth == nil, series.times == nil else { return nil }
        let labels = try series.columns[2].enumerated().map { row, label in
            guard label == 0 || label == 1 else {
                let text = Excerpt.quoted(NumberText.exact(label) ?? "")
                throw DatasetError(path, line: series.rows[row] + 2, .notALabel(text: text))
            }
            return label == 1
        }
        let times = series.columns[0].map { seconds in
            Int64(exactly: seconds * millisecondsPerSecond).map(Timestamp.init(milliseconds:))
        }
        let table = try Table(
            columns: [series.columns[1]], names: [names[1]],
            times: times.contains(nil) ? nil : times.compactMap(\.self))
        return LabelledSeries(
            name: path, table: table, labels: labels, training: TrainingRange.named(in: path, rows: table.rows))
    }
}
