import AuspexSignals

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
    /// What the parameters of each template's example look like, in the order of ``templates``.
    public let parameters: [[LogParameter.Kind]]

    /// The templates of `stream`, by falling count, then in the order in which they were first seen.
    public init(_ stream: LogStream) {
        templates = stream.miner.templates().sorted { left, right in
            (right.count, left.firstLine) < (left.count, right.firstLine)
        }
        var miner = stream.miner
        parameters = templates.map { template in
            let example = Array(template.example.utf8)
            var ranges: [Range<Int>] = []
            _ = miner.match(example.span, parameters: &ranges)
            return ranges.map { LogParameter.Kind(of: example.span.extracting($0)) }
        }
    }

    private func kinds(_ index: Int) -> String { parameters[index].map(\.rawValue).joined(separator: " ") }

    /// The list as text.
    public func text(_ format: Format) -> String {
        var output: [UInt8] = []
        switch format {
        case .table: appendTable(to: &output)
        case .csv:
            output.append(
                "EventId,count,first_line,last_line,first_time,last_time,parameters,example,EventTemplate\n")
            for (index, template) in templates.enumerated() {
                output.append("\(template.id),\(template.count),\(template.firstLine),\(template.lastLine),")
                output.append("\(template.firstTime?.iso8601 ?? ""),\(template.lastTime?.iso8601 ?? ""),")
                output.append("\(kinds(index)),")
                output.appendField(template.example.printableField)
                output.append(",")
                output.appendField(template.text.printableField)
                output.append("\n")
            }
        case .ndjson:
            for (index, template) in templates.enumerated() {
                output.append("{\"EventId\":\"\(template.id)\",\"count\":\(template.count),")
                output.append("\"first_line\":\(template.firstLine),\"last_line\":\(template.lastLine),")
                output.append("\"first_time\":\(Self.quoted(template.firstTime)),")
                output.append("\"last_time\":\(Self.quoted(template.lastTime)),\"is_open_ended\":")
                output.append("\(template.isOpenEnded),\"parameters\":[")
                output.append(parameters[index].map { "\"\($0.rawValue)\"" }.joined(separator: ",") + "],\"example\":")
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

    private static func quoted(_ time: Timestamp?) -> String { time.map { "\"\($0.iso8601)\"" } ?? "null" }

    /// When a line was written, or its number where that is not known.
    private static func place(_ time: Timestamp?, _ line: UInt64) -> String { time?.iso8601 ?? "line \(line)" }

    private func appendTable(to output: inout [UInt8]) {
        let names = ["id", "count", "first", "last", "parameters", "example", "template"]
        let rows = templates.enumerated().map { index, template in
            let example = template.example.printable
            let isShort = example.count <= Self.exampleWidth
            return [
                template.id.description, "\(template.count)", Self.place(template.firstTime, template.firstLine),
                Self.place(template.lastTime, template.lastLine), kinds(index),
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
