import AuspexSignals
import Foundation

/// Reads labelled changes from CSV with a header line: the measures under the names of ``ChangeFeature`` or those of
/// the public data sets, a time, and whether the change did harm. Other columns are left alone.
///
/// Two data sets count differently, and are told by their header or values: with `npt`, LA and LD are shares of LT,
/// and LT and NUC are divided by NF (Kamei et al. 2013); entropies over 1 are in bits, not over log2 of NF.
package struct RiskTable: Hashable, Sendable {
    /// The changes, ordered by time; those of equal time as the file has them.
    package let changes: [LabelledChange]
    /// The measures that the table lacks; they count as 0.
    package let missing: [ChangeFeature]

    /// Reads the text of a file; `file` names it in messages.
    package init(csv text: String, file: String) throws(RiskTableError) {
        var lines = CSVLines(text)
        guard let header = try lines.next(file), !header.fields.isEmpty else {
            throw RiskTableError(file: file, line: 1, reason: "the file is empty; a header line and rows are expected")
        }
        let layout = try Layout(header.fields, file: file)
        var rows: [Row] = []
        while let record = try lines.next(file) {
            guard record.fields.count == header.fields.count else {
                throw RiskTableError(
                    file: file, line: record.line,
                    reason: "\(record.fields.count) fields; the header has \(header.fields.count)")
            }
            rows.append(try layout.row(record, file))
        }
        let isInBits = rows.contains { $0.values[ChangeFeature.entropy.position] > 1 + Self.rounding }
        changes = RiskTrainer.inTimeOrder(
            rows.map { row in
                LabelledChange(
                    time: row.time,
                    measures: Self.measures(row.values, isRelative: layout.isRelative, isInBits: isInBits),
                    isHarmful: row.isHarmful)
            })
        missing = ChangeFeature.allCases.filter { feature in
            !layout.places.contains { $0.column == .measure(feature) }
        }
    }

    private static let rounding = 1e-6

    /// Brings all data sets to the same units.
    private static func measures(_ values: [Double], isRelative: Bool, isInBits: Bool) -> ChangeMeasures {
        func value(_ feature: ChangeFeature) -> Double { values[feature.position] }
        let files = max(1, value(.nf))
        let linesBefore = isRelative ? value(.lt) * value(.nf) : value(.lt)
        // Where there were no lines before, the data set's lines added are no share but lines.
        let unit = isRelative ? (linesBefore == 0 ? 1 : linesBefore) : 1
        return ChangeMeasures { feature in
            switch feature {
            case .la, .ld: value(feature) * unit
            case .lt: linesBefore
            case .nuc: isRelative ? value(.nuc) * files : value(.nuc)
            case .entropy: isInBits ? min(1, value(.entropy) / max(1, log2(files))) : value(.entropy)
            default: value(feature)
            }
        }
    }

    /// One row as it stands there.
    private struct Row {
        var time: Timestamp
        var isHarmful: Bool
        var values: [Double]
    }

    /// Where the columns are.
    private struct Layout {
        var places: [(column: RiskTableColumn, place: Int)] = []
        /// Whether LA, LD, LT and NUC are divided as in Kamei et al.
        let isRelative: Bool

        init(_ header: [String], file: String) throws(RiskTableError) {
            let names = header.map { $0.lowercased().trimmingCharacters(in: .whitespaces) }
            isRelative = names.contains("npt")
            for column in RiskTableColumn.all {
                if let place = column.names.lazy.compactMap({ names.firstIndex(of: $0) }).first {
                    places.append((column, place))
                } else if column.isNeeded {
                    throw RiskTableError(
                        file: file, line: 1,
                        reason: "no column \(column.names.map { "'\($0)'" }.joined(separator: " or "))"
                            + suggestion(for: column.names[0], among: names.filter { !$0.isEmpty }))
                }
            }
        }

        func row(_ record: CSVLines.Record, _ file: String) throws(RiskTableError) -> Row {
            var values = [Double](repeating: 0, count: ChangeMeasures.count)
            var time: Timestamp?
            var isHarmful: Bool?
            for (column, place) in places {
                let field = record.fields[place]
                func refused(_ expected: String) -> RiskTableError {
                    RiskTableError(
                        file: file, line: record.line, column: place + 1,
                        reason: "'\(field.prefix(40))' is not \(expected)")
                }
                switch column {
                case .time:
                    time = FieldText.time(field)
                    if time == nil { throw refused("a time: seconds since 1970, 2024-05-31 12:00:00 or ISO 8601") }
                case .harm:
                    isHarmful = FieldText.truth(field)
                    if isHarmful == nil { throw refused("true, false, 0 or a number of defects") }
                case .measure(let feature):
                    guard let value = FieldText.measure(field) else { throw refused("a number") }
                    values[feature.position] = value
                }
            }
            // Both columns are needed, so both were read.
            return Row(time: time ?? Timestamp(milliseconds: 0), isHarmful: isHarmful ?? false, values: values)
        }
    }
}
