import AuspexDetection
import AuspexSignals
import AuspexWire

/// A place in the scores of an input.
struct RowPlace {
    /// The number of the series.
    var series: Int
    /// The row within the series.
    var row: Int
}

/// One field of a row that is written.
enum OutputCell {
    /// Nothing is known.
    case missing
    /// A number; NaN is missing.
    case number(Double)
    /// A whole number.
    case integer(Int)
    /// A number that is text already.
    case literal(String)
    /// Text.
    case text(String)

    /// For CSV.
    var plain: String {
        switch self {
        case .missing: ""
        case .number(let number): NumberText.exact(number) ?? ""
        case .integer(let number): String(number)
        case .literal(let text), .text(let text): text
        }
    }

    /// For JSON.
    var json: String {
        switch self {
        case .missing: "null"
        case .number(let number): NumberText.exact(number) ?? "null"
        case .integer, .literal: plain
        case .text(let text): JSONValue.string(text).canonicalText
        }
    }

    /// For a person.
    var short: String {
        switch self {
        case .missing: "–"
        case .number(let number): number.isFinite ? NumberText.short(number, Self.digits) : "–"
        case .integer, .literal, .text: plain
        }
    }

    private static let digits = 6
}

/// One column that is written, and how to get its cells.
struct OutputColumn {
    var name: String
    var isText = false
    /// Whether the input has no such column.
    var isAdded = false
    var cell: (RowPlace) -> OutputCell
}

extension ScoringResult {
    /// The columns of the output, in order. A column of the input that is called like one that is added gets `input_` before
    /// its name until no other column is called so.
    var outputColumns: [OutputColumn] {
        var columns = [timeOrIndex]
        if namesSeries { columns.append(seriesNames) }
        for (index, name) in (series.first?.table.names ?? []).enumerated() {
            columns.append(OutputColumn(name: name) { .number(series[$0.series].table[$0.row, index]) })
        }
        if let labelColumn {
            columns.append(
                OutputColumn(name: labelColumn) { place in
                    series[place.series].truth.map { .integer($0[place.row] ? 1 : 0) } ?? .missing
                })
        }
        columns += scoreColumns
        let added = Set(columns.filter(\.isAdded).map(\.name))
        var taken = Set(columns.map(\.name))
        for index in columns.indices where !columns[index].isAdded && added.contains(columns[index].name) {
            while taken.contains(columns[index].name) { columns[index].name = "input_" + columns[index].name }
            taken.insert(columns[index].name)
        }
        return columns
    }

    /// All places, in the order of the input's rows, which follow one another.
    var rowsInOrder: [RowPlace] {
        var places = [RowPlace](repeating: RowPlace(series: 0, row: 0), count: rowCount)
        let first = series.lazy.compactMap(\.inputRows.first).min() ?? 0
        for (number, one) in series.enumerated() {
            for (row, inputRow) in one.inputRows.enumerated() {
                places[inputRow - first] = RowPlace(series: number, row: row)
            }
        }
        return places
    }

    private var timeOrIndex: OutputColumn {
        guard let timeColumn else {
            return OutputColumn(name: "index", isAdded: true) { .integer(series[$0.series].inputRows[$0.row]) }
        }
        return OutputColumn(name: timeColumn, isText: timeFormat == .iso8601) { place in
            guard let text = series[place.series].timeTexts?[place.row] else { return .missing }
            return Self.isJSONNumber(text) ? .literal(text) : .text(text)
        }
    }

    /// Whether a text that is a number or a time is a number as JSON writes them: unlike `+1`, `.5`, `5.` and `007`.
    private static func isJSONNumber(_ text: String) -> Bool {
        guard let value = Double(text), value.isFinite, text.utf8.first != UInt8(ascii: "+") else { return false }
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0].prefix { $0.isNumber }
        let hasLeadingZero = whole.count > 1 && whole.first == "0"
        return !whole.isEmpty && !hasLeadingZero && parts.dropFirst().allSatisfy { $0.first?.isNumber ?? false }
    }

    private var reason: OutputColumn {
        OutputColumn(name: "reason", isText: true, isAdded: true) { place in
            (series[place.series].reasons?[place.row]).map { .text($0) } ?? .missing
        }
    }

    private var seriesNames: OutputColumn {
        OutputColumn(name: seriesColumn ?? "series", isText: true, isAdded: seriesColumn == nil) { place in
            let labels = series[place.series].labels
            return .text(seriesColumn.flatMap { labels[$0] } ?? labels.description)
        }
    }

    private var scoreColumns: [OutputColumn] {
        let expectation = { (place: RowPlace, field: (Expectation) -> Double) -> OutputCell in
            guard let expected = series[place.series].expectations?[place.row] else { return .missing }
            return .number(field(expected))
        }
        return [
            OutputColumn(name: "score", isAdded: true) { .number(series[$0.series].scores[$0.row]) },
            OutputColumn(name: "p_value", isAdded: true) { .number(series[$0.series].calibrated[$0.row].pValue) },
            OutputColumn(name: "anomaly", isAdded: true) { .integer(series[$0.series].isAnomalous($0.row) ? 1 : 0) },
            OutputColumn(name: "expected", isAdded: true) { expectation($0, \.value) },
            OutputColumn(name: "lower", isAdded: true) { expectation($0, \.lower) },
            OutputColumn(name: "upper", isAdded: true) { expectation($0, \.upper) },
        ] + (series.contains { $0.reasons != nil } ? [reason] : [])
    }
}
