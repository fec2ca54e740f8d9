import AuspexSignals

/// Gathers rows into series, column by column.
struct TableBuilder {
    private(set) var table: TabularInput
    private let options: TableOptions
    private var valueNames: [String]
    private var rowCount = 0
    private var cells = 0

    /// - Parameters:
    ///   - timeColumn: where every row brings a time, if it does.
    ///   - labelColumn: where every row brings a label, if it does.
    init(
        file: String, options: TableOptions, valueNames: [String] = [], timeColumn: String? = nil,
        labelColumn: String? = nil
    ) {
        table = TabularInput(
            file: file, series: [], timeColumn: timeColumn, seriesColumn: options.seriesColumn,
            labelColumn: labelColumn)
        self.options = options
        self.valueNames = valueNames
    }

    /// How many value columns there are.
    var valueCount: Int { valueNames.count }

    /// Begins the one series of a table that names none.
    mutating func addOnlySeries() { addUnlimited(Labels()) }

    /// Begins another series and returns its number.
    mutating func addSeries(_ labels: Labels) throws(TableError.Problem) -> Int {
        guard table.series.count < options.limits.series else {
            throw .tooMany(what: "series", limit: options.limits.series)
        }
        addUnlimited(labels)
        return table.series.count - 1
    }

    private mutating func addUnlimited(_ labels: Labels) {
        table.series.append(
            TabularSeries(
                labels: labels, names: valueNames, columns: Array(repeating: [], count: valueNames.count),
                times: table.timeColumn == nil ? nil : [], truth: table.labelColumn == nil ? nil : [], rows: []))
    }

    /// Adds a value column, missing in all rows so far, and returns its number.
    mutating func addColumn(_ name: String) throws(TableError.Problem) -> Int {
        guard valueCount < options.limits.columns else {
            throw .tooMany(what: "columns", limit: options.limits.columns)
        }
        try count(cells: rowCount)
        valueNames.append(name)
        for index in table.series.indices {
            table.series[index].names.append(name)
            table.series[index].columns.append(Array(repeating: .nan, count: table.series[index].rows.count))
        }
        return valueCount - 1
    }

    /// Adds a row of ``valueCount`` values to a series.
    mutating func append(
        _ values: [Double], to series: Int, time: Timestamp?, truth: Bool?
    ) throws(TableError.Problem) {
        try count(cells: values.count)
        for (column, value) in values.enumerated() { table.series[series].columns[column].append(value) }
        if let time { table.series[series].times?.append(time) }
        if let truth { table.series[series].truth?.append(truth) }
        table.series[series].rows.append(rowCount)
        rowCount += 1
    }

    /// Throws the error of a bad row, or keeps count of it where bad rows are to be left out.
    mutating func reject(_ error: TableError) throws(TableError) {
        guard case .skip(let reporting) = options.badRows else { throw error }
        table.rejected.count += 1
        if table.rejected.errors.count < reporting { table.rejected.errors.append(error) }
    }

    /// The table with its times' format.
    func finish(timeFormat: TimeFormat?) throws(TableError) -> TabularInput {
        var table = table
        table.timeFormat = timeFormat
        // A series whose only rows were refused by a limit has none.
        table.series.removeAll { $0.rows.isEmpty }
        guard !table.series.isEmpty else {
            throw table.rejected.errors.first
                ?? TableError(location: SourceLocation(file: table.file), problem: .noRows)
        }
        return table
    }

    private mutating func count(cells more: Int) throws(TableError.Problem) {
        guard cells + more <= options.limits.cells else {
            throw .tooMany(what: "values", limit: options.limits.cells)
        }
        cells += more
    }
}
