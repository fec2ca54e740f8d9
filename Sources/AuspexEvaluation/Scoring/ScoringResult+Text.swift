import AuspexSignals

/// How scores are written.
public enum ScoringFormat: String, Hashable, Sendable, CaseIterable {
    /// Aligned columns for a person.
    case table
    /// One line a row.
    case csv
    /// One object a row.
    case ndjson
    /// One object with all rows.
    case json
}

extension ScoringResult {
    /// The columns that are added, in order.
    static let addedColumns = ["score", "p_value", "anomaly", "expected", "lower", "upper"]

    /// Writes one row for each row of the input, in its order, in pieces with whole lines.
    ///
    /// A row has the time as the input writes it, or the index from 0; the name or labels of the series, if there are
    /// several; the values; the label, if there is one; then what was found: raw score, p-value, 1 where the alert line
    /// is reached, and what was expected. A column of the input that is called like one of ours gets `input_` before it.
    public func write(_ format: ScoringFormat, to sink: (String) throws -> Void) rethrows {
        var text = ScoringText(format)
        try text.begin(self, to: sink)
        try text.append(self, to: sink)
        try text.end(to: sink)
    }

    /// What a JSON object says before its rows.
    fileprivate var jsonHead: String {
        let texts = { (texts: [String]) in JSONValue.array(texts.map { .string($0) }).canonicalText }
        return
            "{\"file\":\(JSONValue.string(file).canonicalText),\"detector\":\(JSONValue.string(detector).canonicalText),"
            + "\"alpha\":\(alpha),\"anomalies\":\(anomalyCount),\"rejected_rows\":\(rejectedRows),"
            + "\"notes\":\(texts(notes)),\"rows\":[\n"
    }
}

/// Scores as text, row after row; the rows may come in parts.
struct ScoringText {
    /// Rows that are looked at to choose the widths of a table's columns; the first part must have as many, or be the only one.
    static let fittedRows = 1_000
    /// Text is handed on in pieces of about this many rows.
    private static let pieceRows = 1_000

    private let format: ScoringFormat
    private var table = AlignedText(sides: [])
    private var isFirstRow = true

    init(_ format: ScoringFormat) {
        self.format = format
    }

    /// Writes what stands before the rows. Of JSON that includes what is known of all of them.
    mutating func begin(_ first: ScoringResult, to sink: (String) throws -> Void) rethrows {
        let columns = first.outputColumns
        switch format {
        case .csv: try sink(CSVText.row(columns.map(\.name)))
        case .ndjson: break
        case .json: try sink(first.jsonHead)
        case .table:
            table = AlignedText(sides: columns.map { $0.isText ? .left : .right })
            let cells = { (place: RowPlace) in columns.map { $0.cell(place).short } }
            table.fit([columns.map(\.name)] + first.rowsInOrder.prefix(Self.fittedRows).map(cells))
            try sink(table.line(columns.map(\.name)))
        }
    }

    /// Writes the rows of a part.
    mutating func append(_ part: ScoringResult, to sink: (String) throws -> Void) rethrows {
        let columns = part.outputColumns
        switch format {
        case .csv: try append(part, to: sink) { place in CSVText.row(columns.map { $0.cell(place).plain }) }
        case .ndjson: try append(part, to: sink) { Self.object(columns, $0) + "\n" }
        case .json: try append(part, to: sink, separator: ",\n") { Self.object(columns, $0) }
        case .table:
            let table = table
            try append(part, to: sink) { place in table.line(columns.map { $0.cell(place).short }) }
        }
    }

    /// Writes what stands behind the rows.
    func end(to sink: (String) throws -> Void) rethrows {
        if format == .json { try sink("\n]}\n") }
    }

    private mutating func append(
        _ part: ScoringResult, to sink: (String) throws -> Void, separator: String = "", _ text: (RowPlace) -> String
    ) rethrows {
        var piece = ""
        for (number, place) in part.rowsInOrder.enumerated() {
            if !isFirstRow { piece += separator }
            isFirstRow = false
            piece += text(place)
            if number % Self.pieceRows == Self.pieceRows - 1 {
                try sink(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        if !piece.isEmpty { try sink(piece) }
    }

    private static func object(_ columns: [OutputColumn], _ place: RowPlace) -> String {
        let members = columns.map { JSONValue.string($0.name).canonicalText + ":" + $0.cell(place).json }
        return "{" + members.joined(separator: ",") + "}"
    }
}
