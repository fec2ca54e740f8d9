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
    var cell: (RowPlace) -> OutputCell
}

extension ScoringResult {
    /// The columns of the output, in order.
    var outputColumns: [OutputColumn] {
        var columns = [timeOrIndex]
        if series.count > 1 || seriesColumn != nil { columns.append(seriesNames) }
        for (index, name) in (series.first?.table.names ?? []).enumerated() {
            columns.append(OutputColumn(name: name) { .number(series[$0.series].table[$0.row, index]) })
        }
        if let labelColumn {
            columns.append(
                OutputColumn(name: labelColumn) { place in
                    series[place.series].truth.map { .integer($0[place.row] ? 1 : 0) } ?? .missing
                })
        }
        let added = Set(Self.addedColumns)
        for index in columns.indices where added.contains(columns[index].name) {
            columns[index].name = "input_" + columns[index].name
        }
        return columns + scoreColumns
    }

    /// All places, in the order of the input's rows.
    var rowsInOrder: [RowPlace] {
        var places = [RowPlace](repeating: RowPlace(series: 0, row: 0), count: rowCount)
        for (number, one) in series.enumerated() {
            for (row, inputRow) in one.inputRows.enumerated() { places[inputRow] = RowPlace(series: number, row: row) }
        }
        return places
    }

    private var timeOrIndex: OutputColumn {
        guard let timeFormat, let timeColumn else {
            return OutputColumn(name: "index") { .integer(series[$0.series].inputRows[$0.row]) }
        }
        let isText = timeFormat == .iso8601
        return OutputColumn(name: timeColumn, isText: isText) { place in
            guard let time = series[place.series].table.times?[place.row] else { return .missing }
            return isText ? .text(timeFormat.text(time)) : .literal(timeFormat.text(time))
        }
    }

    private var seriesNames: OutputColumn {
        OutputColumn(name: seriesColumn ?? "series", isText: true) { place in
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
            OutputColumn(name: "score") { .number(series[$0.series].scores[$0.row]) },
            OutputColumn(name: "p_value") { .number(series[$0.series].calibrated[$0.row].pValue) },
            OutputColumn(name: "anomaly") { .integer(series[$0.series].isAnomalous($0.row) ? 1 : 0) },
            OutputColumn(name: "expected") { expectation($0, \.value) },
            OutputColumn(name: "lower") { expectation($0, \.lower) },
            OutputColumn(name: "upper") { expectation($0, \.upper) },
        ]
    }
}
