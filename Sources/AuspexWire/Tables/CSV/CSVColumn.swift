import AuspexSignals

/// Takes the text of one column out of a CSV file that comes in pieces, without holding more than a record of it.
///
/// The first record is the header and names the columns; comma, tab or semicolon separates, whichever the header has.
/// A row that cannot be read is kept count of and given as nil, so that whoever numbers rows stays in step.
package struct CSVColumn {
    /// How many rows could not be read.
    package private(set) var rejectedCount = 0
    /// What was wrong with the first of them.
    package private(set) var errors: [TableError] = []

    private static let reportedErrors = 20

    private let name: String
    private let file: String
    private let limits: TableLimits
    private var scanner = CSVScanner()
    /// The bytes of a record that is not whole yet.
    private var rest: [UInt8] = []
    private var line = 1
    /// The number of fields and which of them is wanted, once the header is read.
    private var header: (count: Int, index: Int)?
    /// Whether the rest of a broken line is still to be thrown away.
    private var isDiscarding = false

    /// Prepares to read the column `name`; `file` names the input in messages.
    package init(name: String, file: String, limits: TableLimits = TableLimits()) {
        self.name = name
        self.file = file
        self.limits = limits
    }

    /// Takes the next bytes and gives the text of every row that ends in them, nil for a row that cannot be read.
    ///
    /// - Throws: ``TableError`` when the header does not have the column or cannot be read.
    package mutating func feed(_ piece: [UInt8], _ body: (Span<UInt8>?) -> Void) throws(TableError) {
        if rest.isEmpty { rest = piece } else { rest += piece }
        try consume(isLast: false, body)
    }

    /// Ends the input: gives the text of a last row without line end.
    ///
    /// - Throws: ``TableError`` when there was not even a header.
    package mutating func finish(_ body: (Span<UInt8>?) -> Void) throws(TableError) {
        try consume(isLast: true, body)
        guard header != nil else { throw TableError(location: SourceLocation(file: file), problem: .empty) }
    }

    private mutating func consume(isLast: Bool, _ body: (Span<UInt8>?) -> Void) throws(TableError) {
        let bytes = rest
        rest = []
        let span = bytes.span
        let mark = TableReader.byteOrderMark
        let isMarked = line == 1 && header == nil && span.extracting(0..<min(span.count, mark.count)).isEqual(to: mark)
        var position = isMarked ? mark.count : 0
        while position < span.count {
            if isDiscarding {
                guard let end = span.firstIndex(of: UInt8(ascii: "\n"), from: position) else { return }
                isDiscarding = false
                line += 1
                position = end + 1
                continue
            }
            let record = TextPlace(file: file, line: line, start: position)
            if header == nil {
                let lineEnd = span.firstIndex(of: UInt8(ascii: "\n"), from: position) ?? span.count
                scanner.delimiter = CSVHeader.delimiter(of: span.extracting(position..<lineEnd))
            }
            switch scanner.scan(span, from: position, isLast: isLast) {
            case .record(let next, let lines) where next - position <= limits.lineBytes:
                try take(record, span, body)
                line += lines
                position = next
            case .incomplete where span.count - position <= limits.lineBytes:
                rest = Array(bytes[position...])
                return
            case .record, .incomplete:
                try refuse(.lineTooLong(limit: limits.lineBytes), at: record.location(of: position, in: span), body)
            case .broken(let problem, let place):
                try refuse(problem, at: record.location(of: place, in: span), body)
            }
        }
    }

    private mutating func take(
        _ record: TextPlace, _ bytes: Span<UInt8>, _ body: (Span<UInt8>?) -> Void
    ) throws(TableError) {
        let fields = scanner.fields
        // A line with nothing on it is no row.
        if fields.count == 1, fields[0].start == fields[0].end, !fields[0].isQuoted { return }
        guard let header else {
            if let place = scanner.loneCarriageReturn(in: bytes) {
                throw TableError(location: record.location(of: place, in: bytes), problem: .loneCarriageReturn)
            }
            let names = fields.map { CSVScanner.text($0, in: bytes) }
            guard let index = names.firstIndex(of: name) else {
                throw TableError(
                    location: SourceLocation(file: file, line: record.line),
                    problem: .unknownColumn(option: "--column \(name)", known: names))
            }
            self.header = (fields.count, index)
            return
        }
        guard fields.count == header.count else {
            let place = fields.count > header.count ? fields[header.count].place : fields[fields.count - 1].end
            keep(
                TableError(
                    location: record.location(of: place, in: bytes),
                    problem: .raggedRow(found: fields.count, expected: header.count)))
            return body(nil)
        }
        let field = fields[header.index]
        if field.isEscaped {
            body(Array(CSVScanner.text(field, in: bytes).utf8).span)
        } else {
            body(bytes.extracting(field.start..<field.end))
        }
    }

    /// Drops the physical line of a record that has no end or no sense; a header without either ends the reading.
    private mutating func refuse(
        _ problem: TableError.Problem, at location: SourceLocation, _ body: (Span<UInt8>?) -> Void
    ) throws(TableError) {
        let error = TableError(location: location, problem: problem)
        guard header != nil else { throw error }
        keep(error)
        isDiscarding = true
        body(nil)
    }

    private mutating func keep(_ error: TableError) {
        rejectedCount += 1
        if errors.count < Self.reportedErrors { errors.append(error) }
    }
}
