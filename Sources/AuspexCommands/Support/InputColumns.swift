public import ArgumentParser
public import AuspexEvaluation

/// What a user says about the columns of a table.
struct InputColumns: ParsableArguments {
    @Option(
        help: """
            The column of times, or none to number the rows; by default the one called timestamp, time, date, ts or \
            datetime.
            """)
    var timeColumn: String?

    @Option(
        help: "What numbers in the column of times count: s, ms, us or ns; by default what fits the first row's size.")
    var timeUnit: TimeUnit?

    @Option(name: .customLong("value-column"), help: "A column of values; may be repeated. By default all others.")
    var valueColumns: [String] = []

    @Option(help: "The column that names the series of each row.")
    var seriesColumn: String?

    @Option(help: "The column of labels; by default the one called label or is_anomaly.")
    var labelColumn: String?

    @Flag(help: "Leave rows out that cannot be read, and say so, instead of ending at the first.")
    var skipBadRows = false

    /// The word that stands for no column of times.
    private static let noTimes = "none"

    var options: InputOptions {
        var options = InputOptions()
        options.ignoresTimes = timeColumn == Self.noTimes
        options.timeColumn = options.ignoresTimes ? nil : timeColumn
        options.timeUnit = timeUnit
        options.valueColumns = valueColumns
        options.seriesColumn = seriesColumn
        options.labelColumn = labelColumn
        options.skipsBadRows = skipBadRows
        return options
    }
}

extension TimeUnit: ExpressibleByArgument {}
