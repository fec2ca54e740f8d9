import AuspexSignals

/// Gathers rows into series, column by column.
///
/// A column of a series takes no memory before its first value, and columns that stay empty are one piece of memory for all
/// series of the same length: many series with many columns of their own cost no more than their values.
struct TableBuilder {
    /// A row's time, and where it stands in the bytes that the row is read from.
    struct Time {
        var moment: Timestamp
        var place: Range<Int>
    }

    private(set) var table: TabularInput
    private let options: TableOptions
    private var valueNames: [String]
    private var rowCount = 0
    private var cells = 0
    /// The series that have rows since the last part, in order of the first one.
    private var touched: [Int] = []
    /// How many rows there are since the last part.
    private(set) var gatheredRows = 0

    /// - Parameters:
    ///   - timeColumn: where every row brings a time, if it does.
    ///   - labelColumn: where every row brings a label, if it does.
    ///   - rejected: the rows that could not be read so far.
    init(
        file: String, options: TableOptions, valueNames: [String] = [], timeColumn: String? = nil,
        labelColumn: String? = nil, rejected: RejectedRows = RejectedRows()
    ) {
        table = TabularInput(
            file: file, series: [], timeColumn: timeColumn, seriesColumn: options.seriesColumn,
            labelColumn: labelColumn, rejected: rejected)
        self.options = options
        self.valueNames = valueNames
    }

    /// How many value columns there are.
    var valueCount: Int { valueNames.count }

    /// Whether no row has been added.
    var isEmpty: Bool { rowCount == 0 }

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
        table.series.append(empty(labels))
    }

    private func empty(_ labels: Labels) -> TabularSeries {
        TabularSeries(
            labels: labels, names: [], columns: [], times: table.timeColumn == nil ? nil : [],
            timeTexts: table.timeColumn == nil ? nil : TimeTexts(), truth: table.labelColumn == nil ? nil : [], rows: []
        )
    }

    /// Adds a value column, missing in all rows so far, and returns its number.
    mutating func addColumn(_ name: String) throws(TableError.Problem) -> Int {
        guard valueCount < options.limits.columns else {
            throw .tooMany(what: "columns", limit: options.limits.columns)
        }
        try count(cells: rowCount)
        valueNames.append(name)
        return valueCount - 1
    }

    /// Adds a row of ``valueCount`` values to a series; `bytes` are those that it was read from.
    mutating func append(
        _ values: [Double], to series: Int, time: Time?, truth: Bool?, of bytes: Span<UInt8>
    ) throws(TableError.Problem) {
        try count(cells: values.count)
        if table.series[series].rows.isEmpty { touched.append(series) }
        table.series[series].append(values)
        if let time {
            table.series[series].times?.append(time.moment)
            table.series[series].timeTexts?.append(bytes.extracting(time.place))
        }
        if let truth { table.series[series].truth?.append(truth) }
        table.series[series].rows.append(rowCount)
        rowCount += 1
        gatheredRows += 1
    }

    /// Notes that the column `name`, which looks like labels, is left out.
    mutating func leaveOut(labels name: String) { table.ignoredLabels.append(name) }

    /// Throws the error of a bad row, or keeps count of it where bad rows are to be left out.
    mutating func reject(_ error: TableError) throws(TableError) {
        guard case .skip(let reporting) = options.badRows else { throw error }
        table.rejected.count += 1
        if table.rejected.errors.count < reporting { table.rejected.errors.append(error) }
    }

    /// The rows since the last part, and the table's properties as far as they are known. What it holds counts for the limit
    /// on values, and what it has given away does not.
    mutating func takePart(timeFormat: TimeFormat?) -> TabularInput {
        let part = completed(touched, timeFormat)
        for index in touched { table.series[index] = empty(table.series[index].labels) }
        touched.removeAll(keepingCapacity: true)
        gatheredRows = 0
        cells = 0
        return part
    }

    /// The table with its times' format, or what is left of it after its parts.
    func finish(timeFormat: TimeFormat?) throws(TableError) -> TabularInput {
        guard rowCount > 0 else {
            throw table.rejected.errors.first
                ?? TableError(location: SourceLocation(file: table.file), problem: .noRows)
        }
        // In order of the series; one whose only rows were refused by a limit has none.
        return completed(touched.sorted(), timeFormat)
    }

    private func completed(_ numbers: [Int], _ timeFormat: TimeFormat?) -> TabularInput {
        var table = table
        table.timeFormat = timeFormat
        table.series = numbers.map { table.series[$0] }
        var missing: [Int: [Double]] = [:]
        for index in table.series.indices {
            let count = table.series[index].rowCount
            let empty = missing[count] ?? Array(repeating: .nan, count: count)
            missing[count] = empty
            table.series[index].complete(names: valueNames, missing: empty)
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

extension TabularSeries {
    /// Adds the values of a row, before the row itself is counted.
    fileprivate mutating func append(_ values: [Double]) {
        for (column, value) in values.enumerated() {
            if column < columns.count, !columns[column].isEmpty {
                columns[column].append(value)
            } else if !value.isNaN {
                while columns.count <= column { columns.append([]) }
                columns[column] = Array(repeating: .nan, count: rowCount)
                columns[column].append(value)
            }
        }
    }

    /// Gives the series all columns of the table; those without a value are `missing`.
    fileprivate mutating func complete(names: [String], missing: [Double]) {
        self.names = names
        for column in columns.indices where columns[column].isEmpty { columns[column] = missing }
        while columns.count < names.count { columns.append(missing) }
    }
}
