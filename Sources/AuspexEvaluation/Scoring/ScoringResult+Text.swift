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

    /// Rows that are looked at to choose the widths of a table's columns.
    private static let fittedRows = 1_000
    /// Text is handed on in pieces of about this many rows.
    private static let pieceRows = 1_000

    /// Writes one row for each row of the input, in its order, in pieces with whole lines.
    ///
    /// A row has the time as the input writes it, or the index from 0; the name or labels of the series, if there are
    /// several; the values; the label, if there is one; then what was found: raw score, p-value, 1 where the alert line
    /// is reached, and what was expected. A column of the input that is called like one of ours gets `input_` before it.
    public func write(_ format: ScoringFormat, to sink: (String) throws -> Void) rethrows {
        let columns = outputColumns
        let order = rowsInOrder
        switch format {
        case .csv:
            try sink(CSVText.row(columns.map(\.name)))
            try writePieces(order, to: sink) { place in CSVText.row(columns.map { $0.cell(place).plain }) }
        case .ndjson:
            try writePieces(order, to: sink) { Self.object(columns, $0) + "\n" }
        case .json:
            try sink(jsonHead)
            try writePieces(order, to: sink, separator: ",\n") { Self.object(columns, $0) }
            try sink("\n]}\n")
        case .table:
            var table = AlignedText(sides: columns.map { $0.isText ? .left : .right })
            let cells = { (place: RowPlace) in columns.map { $0.cell(place).short } }
            table.fit([columns.map(\.name)] + order.prefix(Self.fittedRows).map(cells))
            try sink(table.line(columns.map(\.name)))
            try writePieces(order, to: sink) { table.line(cells($0)) }
        }
    }

    private func writePieces(
        _ order: [RowPlace], to sink: (String) throws -> Void, separator: String = "", _ text: (RowPlace) -> String
    ) rethrows {
        var piece = ""
        for (number, place) in order.enumerated() {
            if number > 0 { piece += separator }
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

    /// What a JSON object says before its rows.
    private var jsonHead: String {
        let texts = { (texts: [String]) in JSONValue.array(texts.map { .string($0) }).canonicalText }
        return
            "{\"file\":\(JSONValue.string(file).canonicalText),\"detector\":\(JSONValue.string(detector).canonicalText),"
            + "\"alpha\":\(alpha),\"anomalies\":\(anomalyCount),\"rejected_rows\":\(rejectedRows),"
            + "\"notes\":\(texts(notes)),\"rows\":[\n"
    }
}
