import AuspexSignals

/// Reads CSV: the first record gives the columns, each further one a row.
struct CSVParser: TableParser {
    private let file: String
    private let options: TableOptions
    private var scanner = CSVScanner()
    private var header: CSVHeader?
    private var builder: TableBuilder
    private var times: TimeColumn
    private var seriesNames = ByteInterner()
    /// The number of the next record's first line.
    private var line = 1
    /// Whether the rest of a broken line is still to be thrown away.
    private var isDiscarding = false
    /// The values of the current row.
    private var values: [Double] = []

    init(file: String, options: TableOptions) {
        self.file = file
        self.options = options
        builder = TableBuilder(file: file, options: options)
        times = TimeColumn(unit: options.timeUnit)
    }

    mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(TableError) -> Int {
        var position = 0
        while position < bytes.count {
            if isDiscarding {
                guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: position) else { return bytes.count }
                isDiscarding = false
                line += 1
                position = end + 1
                continue
            }
            let record = TextPlace(file: file, line: line, start: position)
            if header == nil {
                let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n"), from: position) ?? bytes.count
                scanner.delimiter = CSVHeader.delimiter(of: bytes.extracting(position..<lineEnd))
            }
            switch scanner.scan(bytes, from: position, isLast: isLast) {
            case .record(let next, let lines) where next - position <= options.limits.lineBytes:
                if !isBlank(bytes), try !begins(record, bytes) { try readRow(record, bytes) }
                line += lines
                position = next
            case .incomplete where bytes.count - position <= options.limits.lineBytes:
                return position
            case .record, .incomplete:
                // A "line" with line feeds in it is a quote that nobody closed.
                let isQuote = bytes.extracting(position..<bytes.count - 1).firstIndex(of: UInt8(ascii: "\n")) != nil
                let problem =
                    isQuote
                    ? TableError.Problem.unterminatedQuote : .lineTooLong(limit: options.limits.lineBytes)
                try refuse(problem, at: record.location(of: position, in: bytes))
            case .broken(let problem, let place):
                try refuse(problem, at: record.location(of: place, in: bytes))
            }
        }
        return position
    }

    var gatheredRows: Int { builder.gatheredRows }

    mutating func takePart() -> TabularInput { builder.takePart(timeFormat: times.format) }

    mutating func finish() throws(TableError) -> TabularInput {
        guard header != nil else { throw TableError(location: SourceLocation(file: file), problem: .empty) }
        return try builder.finish(timeFormat: times.format)
    }

    /// Drops the physical line of a record that has no end or no sense; a header without either ends the reading.
    private mutating func refuse(_ problem: TableError.Problem, at location: SourceLocation) throws(TableError) {
        let error = TableError(location: location, problem: problem)
        if header == nil { throw error }
        try builder.reject(error)
        isDiscarding = true
    }

    /// A line with nothing on it is no row, not even of one column: that one would be written as `""`.
    private func isBlank(_ bytes: Span<UInt8>) -> Bool {
        guard scanner.fields.count == 1, let field = scanner.fields.first, !field.isQuoted else { return false }
        return bytes.extracting(field.start..<field.end).trimmedRange.isEmpty
    }

    /// Takes the first record as the header; says whether it was one, and no row.
    private mutating func begins(_ record: TextPlace, _ bytes: Span<UInt8>) throws(TableError) -> Bool {
        guard header == nil else { return false }
        if let place = scanner.loneCarriageReturn(in: bytes) {
            throw TableError(location: record.location(of: place, in: bytes), problem: .loneCarriageReturn)
        }
        let found = try CSVHeader(scanner.fields, in: bytes, record: record, options: options)
        builder = TableBuilder(
            file: file, options: options, valueNames: found.roles.valueNames,
            timeColumn: found.name(of: .time), labelColumn: found.name(of: .label))
        values = Array(repeating: .nan, count: builder.valueCount)
        for name in found.roles.ignoredLabels { builder.leaveOut(labels: name) }
        if !found.roles.has(.series) { builder.addOnlySeries() }
        header = found
        return !found.isMadeUp
    }

    private mutating func readRow(_ record: TextPlace, _ bytes: Span<UInt8>) throws(TableError) {
        guard let header else { return }
        let fields = scanner.fields
        guard fields.count == header.names.count else {
            // The first field too many, or the end of the last one there is.
            let isLong = fields.count > header.names.count
            let place = isLong ? fields[header.names.count].place : fields[fields.count - 1].end
            let problem = TableError.Problem.raggedRow(found: fields.count, expected: header.names.count)
            try builder.reject(TableError(location: record.location(of: place, in: bytes), problem: problem))
            return
        }
        // Taken over once the row is accepted, so that a bad first row doesn't settle how times are written.
        var times = self.times
        var time: TableBuilder.Time?
        var truth: Bool?
        var series = 0
        for index in fields.indices {
            let field = fields[index]
            let content = bytes.extracting(field.start..<field.end)
            do throws(TableError.Problem) {
                switch header.roles.roles[index] {
                case .ignored: break
                case .value(let column): values[column] = try DecimalNumber.value(content)
                case .time:
                    time = TableBuilder.Time(moment: try times.read(content), place: field.start..<field.end)
                case .label: truth = try Truth.read(content)
                case .series: series = try seriesNumber(field, bytes, header.names[index])
                }
            } catch {
                let (location, name) = (record.location(of: field.place, in: bytes), header.names[index])
                let problem = builder.isEmpty ? error.inFirstRow(column: name) : error
                try builder.reject(TableError(location: location, column: name, problem: problem))
                return
            }
        }
        do throws(TableError.Problem) {
            try builder.append(values, to: series, time: time, truth: truth, of: bytes)
            self.times = times
        } catch {
            throw TableError(location: record.location(of: record.start, in: bytes), problem: error)
        }
    }

    private mutating func seriesNumber(
        _ field: CSVField, _ bytes: Span<UInt8>, _ column: String
    ) throws(TableError.Problem) -> Int {
        let content = bytes.extracting(field.start..<field.end)
        if let known = seriesNames.find(content) { return known }
        guard content.count > 0, content.validText != nil, content.firstIndex(of: 0) == nil else {
            throw .notASeries(text: Excerpt.quoted(content))
        }
        let name = CSVScanner.text(field, in: bytes)
        let number = try builder.addSeries(Labels([column: name]))
        _ = seriesNames.add(content)
        return number
    }
}
