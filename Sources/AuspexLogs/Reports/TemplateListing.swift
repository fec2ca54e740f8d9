/// The templates of a stream, the most frequent first, written for people or programs.
public struct TemplateListing: Sendable {
    /// How the list is written.
    public enum Format: String, Sendable, CaseIterable {
        /// Columns for reading in a terminal; control characters are replaced.
        case table
        /// Comma-separated values with a row of names before them.
        case csv
        /// One JSON object per line.
        case ndjson
    }

    /// The templates in the order of the list.
    public let templates: [LogTemplate]

    /// The templates of `stream`, by falling count, then in the order in which they were first seen.
    public init(_ stream: LogStream) {
        templates = stream.miner.templates().sorted { left, right in
            (right.count, left.firstLine) < (left.count, right.firstLine)
        }
    }

    /// The list as text.
    public func text(_ format: Format) -> String {
        var output: [UInt8] = []
        switch format {
        case .table: appendTable(to: &output)
        case .csv:
            output.append("EventId,count,first_line,last_line,example,EventTemplate\n")
            for template in templates {
                output.append("\(template.id),\(template.count),\(template.firstLine),\(template.lastLine),")
                output.appendField(template.example.printableField)
                output.append(",")
                output.appendField(template.text.printableField)
                output.append("\n")
            }
        case .ndjson:
            for template in templates {
                output.append("{\"EventId\":\"\(template.id)\",\"count\":\(template.count),")
                output.append("\"first_line\":\(template.firstLine),\"last_line\":\(template.lastLine),\"example\":")
                output.appendJSON(template.example)
                output.append(",\"EventTemplate\":")
                output.appendJSON(template.text)
                output.append("}\n")
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Characters of the example that a table shows.
    private static let exampleWidth = 60

    private func appendTable(to output: inout [UInt8]) {
        let names = ["id", "count", "first", "last", "example", "template"]
        let rows = templates.map { template in
            let example = template.example.printable
            let isShort = example.count <= Self.exampleWidth
            return [
                template.id.description, "\(template.count)", "\(template.firstLine)", "\(template.lastLine)",
                isShort ? example : example.prefix(Self.exampleWidth - 1) + "…", template.text.printable,
            ]
        }
        let widths = names.indices.map { column in
            ([names] + rows).reduce(0) { max($0, $1[column].count) }
        }
        for row in [names] + rows {
            let cells = row.indices.map { column in
                if column == row.count - 1 { return row[column] }
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return (1...3).contains(column) ? padding + row[column] : row[column] + padding
            }
            output.append(cells.joined(separator: "  ") + "\n")
        }
    }
}
