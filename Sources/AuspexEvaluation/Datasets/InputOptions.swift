import AuspexWire

/// What a user says about the columns of an input, and what to do about its bad rows.
public struct InputOptions: Hashable, Sendable {
    /// The column of times; nil takes the first one called timestamp, time, date, ts or datetime.
    public var timeColumn: String?
    /// The columns to take as values; empty takes all that are neither time nor series nor label.
    public var valueColumns: [String] = []
    /// The column that names the series of each row, if rows of several series are mixed.
    public var seriesColumn: String?
    /// The column of labels; nil takes the one called label or is_anomaly.
    public var labelColumn: String?
    /// Whether rows that cannot be read are left out and counted, instead of ending the reading.
    public var skipsBadRows = false

    /// How many errors of left-out rows are kept.
    private static let keptErrors = 20

    /// Creates options that find the columns by their names and refuse the first bad row.
    public init() {}

    var table: TableOptions {
        var options = TableOptions()
        if let timeColumn { options.timeColumn = .named(timeColumn) }
        options.valueColumns = valueColumns
        options.seriesColumn = seriesColumn
        options.labelColumn = labelColumn
        options.badRows = skipsBadRows ? .skip(reporting: Self.keptErrors) : .fail
        return options
    }
}
