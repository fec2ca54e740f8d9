import AuspexDetection
import AuspexSignals

/// The tables at the top of a report on scores.
struct ScoringTables {
    /// The most rows of the list of anomalies.
    private static let listed = 20

    private let result: ScoringResult

    init(_ result: ScoringResult) {
        self.result = result
    }

    var html: String {
        var facts: [[HTMLTable.Cell]] = [
            [.text("Detector"), .code(result.detector)],
            [
                .text("False alerts asked for"),
                .text(result.allowance.map { "\($0)" } ?? "\(NumberText.short(result.alpha)) of the rows"),
            ],
            [.text("Rows"), .text(String(result.rowCount))],
            [.text("Rows over the alert line"), .text(String(result.anomalyCount))],
        ]
        if result.series.count > 1 { facts.insert([.text("Series"), .text(String(result.series.count))], at: 2) }
        if result.rejectedRows > 0 {
            facts.append([.text("Rows left out as unreadable"), .text(String(result.rejectedRows))])
        }
        for note in result.notes { facts.append([.text("Note"), .text(note)]) }
        return HTMLTable(caption: "", header: [], rows: facts).html + strangest
    }

    /// The rows of the smallest p-values over the alert line, in the order of the input.
    private var strangest: String {
        var columns = result.outputColumns
        if let timeColumn = result.timeColumn, !columns.isEmpty {
            // For a person, whatever the input has.
            columns[0] = OutputColumn(name: timeColumn, isText: true) { place in
                result.series[place.series].table.times.map { .text($0[place.row].iso8601) } ?? .missing
            }
        }
        let order = result.rowsInOrder.filter { result.series[$0.series].isAnomalous($0.row) }
        guard !order.isEmpty else { return "" }
        let pValue = { (place: RowPlace) in result.series[place.series].calibrated[place.row].pValue }
        let ranked = order.indices.sorted { (pValue(order[$0]), $0) < (pValue(order[$1]), $1) }
        let chosen = ranked.prefix(Self.listed).sorted().map { order[$0] }
        let cell = { (column: OutputColumn, place: RowPlace) -> HTMLTable.Cell in
            let text = column.cell(place).short
            return column.isText ? .text(text) : .number(text)
        }
        let caption =
            order.count > chosen.count
            ? "The \(chosen.count) least likely of \(order.count) rows over the alert line."
            : "All rows over the alert line."
        let table = HTMLTable(
            caption: caption, header: columns.map { $0.isText ? .text($0.name) : .number($0.name) },
            rows: chosen.map { place in columns.map { cell($0, place) } })
        return "\n<h2>Anomalies</h2>\n" + table.html
    }
}
