/// Text in aligned columns for a person to read.
struct AlignedText {
    /// On which side of its column a text stands.
    enum Side {
        case left
        case right
    }

    private let sides: [Side]
    private var widths: [Int]

    /// - Parameter sides: one for each column.
    init(sides: [Side]) {
        self.sides = sides
        widths = Array(repeating: 0, count: sides.count)
    }

    /// Makes the columns at least as wide as these rows need.
    mutating func fit(_ rows: [[String]]) {
        for row in rows {
            for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.count) }
        }
    }

    /// The row in the columns' widths; what is wider pushes the rest of its own line.
    func line(_ row: [String]) -> String {
        var line = ""
        for (column, text) in row.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[column] - text.count))
            line += (column == 0 ? "" : "  ") + (sides[column] == .left ? text + padding : padding + text)
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// Rows in columns as wide as they need.
    static func table(_ rows: [[String]], sides: [Side]) -> String {
        var table = AlignedText(sides: sides)
        table.fit(rows)
        return rows.map(table.line).joined()
    }
}
