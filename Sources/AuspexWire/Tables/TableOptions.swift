/// What a user says about a table's columns, and what to do about bad rows.
package struct TableOptions: Hashable, Sendable {
    /// Where the times are.
    package enum TimeColumn: Hashable, Sendable {
        /// The first column called ``ColumnName/times``, if there is one.
        case automatic
        /// The column of this name.
        case named(String)
        /// Nowhere: rows are numbered.
        case none
    }

    /// What happens to a row that cannot be read.
    package enum BadRows: Hashable, Sendable {
        /// The first one ends the reading.
        case fail
        /// It is left out and counted; the first `reporting` errors are kept.
        case skip(reporting: Int)
    }

    /// Where the times are.
    package var timeColumn = TimeColumn.automatic
    /// What numbers in the column of times count; nil takes the unit that fits the first row's size.
    package var timeUnit: TimeFormat?
    /// The columns to take as values, in this order; empty takes all that are nothing else.
    package var valueColumns: [String] = []
    /// The column that names the series of each row, if rows of several series are mixed.
    package var seriesColumn: String?
    /// The column of labels; nil takes the one called ``ColumnName/labels``, if there is one. Further columns of such names
    /// are no values unless they are asked for.
    package var labelColumn: String?
    /// What happens to a row that cannot be read.
    package var badRows = BadRows.fail
    /// How large the table may be.
    package var limits = TableLimits()

    /// Creates options that find the columns by their names and refuse the first bad row.
    package init() {}
}

/// The names by which columns are known without being told, in lower case.
package enum ColumnName {
    /// Times.
    package static let times: Set<String> = ["timestamp", "time", "date", "ts", "datetime"]
    /// Truth: 1 where a row is anomalous.
    package static let labels: Set<String> = ["label", "is_anomaly"]

    /// Whether a column of this name is known to hold labels.
    static func isLabel(_ name: String) -> Bool { labels.contains(name.lowercased()) }
    /// The only column of a file without a header.
    package static let value = "value"
}
