package import AuspexSignals

/// Why a table cannot be read: where, which column, what was wrong and what would be right.
package struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// File, line and column in characters. A column of a line counts from 1.
    package var location: SourceLocation
    /// The name of the table's column, when one is meant.
    package var column: String?
    /// What was wrong.
    package var problem: Problem

    /// Creates an error.
    package init(location: SourceLocation, column: String? = nil, problem: Problem) {
        self.location = location
        self.column = column
        self.problem = problem
    }

    /// `metrics.csv:2:3: column "b": "x" is not a number; write a decimal number, or …`
    package var description: String {
        let name = column.map { "column \(Excerpt.quoted($0)): " } ?? ""
        return "\(location): \(name)\(problem)"
    }
}

extension TableError {
    /// What can be wrong with a table. Excerpts of the input are kept short and free of control characters.
    package enum Problem: Error, Hashable, Sendable {
        /// The file cannot be opened or read, for the system's reason.
        case unreadable(reason: String)
        /// The path is a folder.
        case isFolder
        /// There is not a single row, not even a header.
        case empty
        /// There is a header and nothing beneath it.
        case noRows
        /// The bytes are not text.
        case binary(what: String)
        /// The compressed data is damaged or cut off.
        case damagedGzip(reason: String)
        /// More bytes than the limit allows.
        case tooLarge(limit: Int)
        /// The compressed data expands by more than the limit's ratio.
        case expandsTooMuch(ratio: Int)
        /// A line, or a quoted field over several lines, is longer than the limit.
        case lineTooLong(limit: Int)
        /// More of something than the limit allows.
        case tooMany(what: String, limit: Int)
        /// A name in the header occurs twice.
        case duplicateColumn(first: Int)
        /// A column that would be a value has no name.
        case unnamedColumn(number: Int)
        /// A column that an option names does not exist.
        case unknownColumn(option: String, known: [String])
        /// One column is asked to be two things.
        case columnUsedTwice(first: String, second: String)
        /// No column is left for values.
        case noValueColumn
        /// The row has another number of fields than the header.
        case raggedRow(found: Int, expected: Int)
        /// A quoted field does not end.
        case unterminatedQuote
        /// Something stands between a closing quote and the next separator.
        case textAfterQuote(text: String)
        /// A carriage return inside a line that is not in quotes.
        case loneCarriageReturn
        /// A byte 0 inside a field.
        case nulByte
        /// Not a number.
        case notANumber(text: String)
        /// Not a number, in the first row: the column may be of text altogether.
        case textInFirstRow(text: String, column: String)
        /// A number that no finite double can hold, or an infinity.
        case notFinite(text: String)
        /// Neither ISO 8601 nor an epoch number.
        case notATime(text: String)
        /// A time in another form than the first row's.
        case mixedTimes(text: String, first: String)
        /// A label other than 0 or 1.
        case notALabel(text: String)
        /// The name of a series that is missing or not text.
        case notASeries(text: String)
        /// All of the text is one JSON array.
        case array
        /// A line that is not a JSON object.
        case notJSON(reason: String)
        /// A JSON member that holds an object or an array.
        case nestedValue
        /// A member that every line must have is missing.
        case missingMember(name: String)
        /// A member that the first line does not have but that must be in all or none.
        case lateMember
        /// A member that occurs twice in one object.
        case duplicateMember
        /// A line in the other of the two forms of NDJSON.
        case mixedForms
    }
}

extension TableError.Problem {
    /// The problem as it is told of a value in the first row of a table.
    func inFirstRow(column: String) -> Self {
        if case .notANumber(let text) = self { .textInFirstRow(text: text, column: column) } else { self }
    }
}

extension TableError.Problem: CustomStringConvertible {
    /// What was wrong; and, after a semicolon, what would be right.
    package var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .isFolder: "is a folder; name a file in it"
        case .empty: "is empty; a table needs a header line and at least one row"
        case .noRows: "has a header but no row; add at least one row of values"
        case .binary(let what): "is not text: \(what); give CSV or NDJSON in UTF-8, plain or compressed with gzip"
        case .damagedGzip(let reason): "damaged gzip data: \(reason); compress the file again or fetch it anew"
        case .tooLarge(let limit): "is larger than \(limit) bytes; split it, or raise the limit"
        case .expandsTooMuch(let ratio):
            "expands more than \(ratio)-fold, as only an attack does; decompress it yourself if you trust it"
        case .lineTooLong(let limit): "the line is longer than \(limit) bytes; end each row with a line feed"
        case .tooMany(let what, let limit): "more than \(limit) \(what); split the table"
        case .duplicateColumn(let first):
            "the header has this name in column \(first) already; give every column a name of its own"
        case .unnamedColumn(let number):
            "column \(number) has no name; name it in the header, or choose the columns with --value-column"
        case .unknownColumn(let option, let known):
            "\(option) names a column that does not exist; the columns are "
                + known.map { Excerpt.quoted($0) }.joined(separator: ", ")
        case .columnUsedTwice(let first, let second): "cannot be both \(first) and \(second); choose two columns"
        case .noValueColumn: "no column is left for values; add a numeric column besides time, series and label"
        case .raggedRow(let found, let expected):
            "the row has \(found) field\(found == 1 ? "" : "s") where the header has \(expected); "
                + "write one field for each column, empty for a missing value"
        case .unterminatedQuote: "the quoted field does not end; close it with \", and write a quote inside it as \"\""
        case .textAfterQuote(let text):
            "\(text) follows a closing quote; end the field there, and write a quote inside it as \"\""
        case .loneCarriageReturn: "lines end with CR alone; convert them to LF"
        case .nulByte: "a byte 0 inside the text; remove it"
        case .notANumber(let text):
            "\(text) is not a number; write a decimal number, or leave the field empty for a missing value"
        case .textInFirstRow(let text, let column):
            "\(text) is not a number; write a decimal number, or leave the field empty for a missing value; if the column "
                + "names the series, give --series-column \(Excerpt.quoted(column)), "
                + "else choose the columns with --value-column"
        case .notFinite(let text):
            "\(text) is not a finite number; write a number up to 1.797e308 in size, "
                + "or leave the field empty for a missing value"
        case .notATime(let text):
            "\(text) is not a time; write ISO 8601 such as 2026-03-01T12:00:00Z, "
                + "or seconds, milliseconds, microseconds or nanoseconds since 1970"
        case .mixedTimes(let text, let first):
            "\(text) is not a time in \(first) as in the first row; write all times in one form"
        case .notALabel(let text): "\(text) is not a label; write 1 for an anomaly and 0 for none"
        case .notASeries(let text): "\(text) is not the name of a series; write a text that is not empty"
        case .array:
            "is a JSON array; write one object a line, without brackets and commas around them, such as by jq -c '.[]'"
        case .notJSON(let reason): "not a JSON object: \(reason); write one object a line"
        case .nestedValue: "holds an object or an array; write a number, or null for a missing value"
        case .missingMember(let name): "the member \(Excerpt.quoted(name)) is missing; every line needs it"
        case .lateMember: "the first line has no such member; write it in every line or in none"
        case .duplicateMember: "the member occurs twice in one object; write it once"
        case .mixedForms:
            "lines with and without \"labels\" in one file; write all as {\"labels\":…,\"timestamp\":…,\"value\":…} "
                + "or none"
        }
    }
}
