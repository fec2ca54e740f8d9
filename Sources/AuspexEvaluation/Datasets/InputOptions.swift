package import AuspexWire

/// What a number in a column of times counts, since 1970.
public enum TimeUnit: String, Hashable, Sendable, CaseIterable {
    /// Seconds, also with a fraction.
    case seconds = "s"
    /// Milliseconds.
    case milliseconds = "ms"
    /// Microseconds.
    case microseconds = "us"
    /// Nanoseconds.
    case nanoseconds = "ns"

    var format: TimeFormat {
        switch self {
        case .seconds: .seconds
        case .milliseconds: .milliseconds
        case .microseconds: .microseconds
        case .nanoseconds: .nanoseconds
        }
    }
}

/// What a user says about the columns of an input, and what to do about its bad rows.
public struct InputOptions: Hashable, Sendable {
    /// The column of times; nil takes the first one called timestamp, time, date, ts or datetime.
    public var timeColumn: String?
    /// Whether rows are numbered, whatever columns of times there are.
    public var ignoresTimes = false
    /// What numbers in the column of times count; nil takes the unit that fits the first row's size.
    public var timeUnit: TimeUnit?
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

    package var table: TableOptions {
        var options = TableOptions()
        if let timeColumn { options.timeColumn = .named(timeColumn) }
        if ignoresTimes { options.timeColumn = .none }
        options.timeUnit = timeUnit?.format
        options.valueColumns = valueColumns
        options.seriesColumn = seriesColumn
        options.labelColumn = labelColumn
        options.badRows = skipsBadRows ? .skip(reporting: Self.keptErrors) : .fail
        return options
    }
}
