import ArgumentParser
import Foundation

/// How JSON is printed: keys sorted, so that two outputs can be compared.
func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// The form of a result that is a table or an object.
enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}

/// Reads `name=value` options.
func assignments(_ texts: [String], option: String) throws -> [(name: String, value: String)] {
    try texts.map { text in
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("\(option) '\(text)' is not NAME=VALUE")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}

/// A table of texts with aligned columns.
func aligned(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
        row.enumerated().map { column, text in
            column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}
