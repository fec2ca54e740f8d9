import Foundation

/// JSON for people and programs: members in order of their names, indented, ended by a line feed.
package enum JSONText {
    /// Writes a value.
    package static func pretty(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
