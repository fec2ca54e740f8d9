/// A table in plain text: columns padded with blanks, two blanks between them.
///
/// What comes from outside (paths, names, messages) must not drive the terminal: control and formatting characters are
/// shown as `�`.
package struct TextTable {
    /// On which side a column is padded.
    package enum Alignment {
        case left, right
    }

    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Creates a table.
    package init(_ columns: [(title: String, alignment: Alignment)]) {
        header = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    /// Adds a row; missing cells are empty, surplus ones are dropped.
    package mutating func append(_ cells: [String]) {
        let padded = cells + Array(repeating: "", count: max(0, header.count - cells.count))
        rows.append(padded.prefix(header.count).map(Self.printable))
    }

    /// The lines, each ended by a line feed, without blanks at their ends.
    package var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = row.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - row[column].count)
                return alignments[column] == .left ? row[column] + blanks : blanks + row[column]
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// The text without characters that do something to a terminal instead of being shown.
    package static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                result.append("\u{fffd}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
