public import AuspexDetection
import AuspexSignals
import AuspexWire

/// One series of a data set: what was measured, and where it is known to be anomalous.
public struct LabelledSeries: Hashable, Sendable {
    /// The file it comes from, followed by the series' labels where the file has several.
    public var name: String
    /// n rows by d columns.
    public var table: Table
    /// n labels, true where a row is anomalous; nil when the file has none.
    public var labels: [Bool]?
    /// Rows that are known to hold no anomaly, from the `_tr_N` of the file's name; nil when it has none.
    public var training: Range<Int>?

    /// Creates a series.
    public init(name: String, table: Table, labels: [Bool]? = nil, training: Range<Int>? = nil) {
        self.name = name
        self.table = table
        self.labels = labels
        self.training = training
    }

    /// Reads the series of a file.
    ///
    /// - Throws: an error whose description names file, line and column.
    static func read(_ path: String, options: InputOptions) throws -> [LabelledSeries] {
        let input = try TableReader(options: options.table).read(path: path)
        // Whoever chooses columns knows better than a header.
        let isFree = options.valueColumns.isEmpty && options.labelColumn == nil
        return try input.series.map { series in
            if isFree, let known = try YahooColumns.series(series, path: path) { return known }
            let name = input.series.count == 1 ? path : "\(path): \(series.labels)"
            return LabelledSeries(
                name: name, table: try Table(series), labels: series.truth,
                training: TrainingRange.named(in: path, rows: series.rowCount))
        }
    }
}

extension Table {
    /// The values and times of a series that was read.
    init(_ series: TabularSeries) throws(DetectorError) {
        try self.init(columns: series.columns, names: series.names, times: series.times)
    }
}
