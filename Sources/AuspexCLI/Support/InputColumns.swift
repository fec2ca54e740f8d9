import ArgumentParser
import AuspexEvaluation

/// What a user says about the columns of a table.
struct InputColumns: ParsableArguments {
    @Option(help: "The column of times; by default the one called timestamp, time, date, ts or datetime.")
    var timeColumn: String?

    @Option(name: .customLong("value-column"), help: "A column of values; may be repeated. By default all others.")
    var valueColumns: [String] = []

    @Option(help: "The column that names the series of each row.")
    var seriesColumn: String?

    @Option(help: "The column of labels; by default the one called label or is_anomaly.")
    var labelColumn: String?

    @Flag(help: "Leave rows out that cannot be read, and say so, instead of ending at the first.")
    var skipBadRows = false

    var options: InputOptions {
        var options = InputOptions()
        options.timeColumn = timeColumn
        options.valueColumns = valueColumns
        options.seriesColumn = seriesColumn
        options.labelColumn = labelColumn
        options.skipsBadRows = skipBadRows
        return options
    }
}
