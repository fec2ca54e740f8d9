/// Why a table of labelled changes cannot be read.
package struct RiskTableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named.
    package var file: String
    /// The line, from 1.
    package var line: Int
    /// The column, from 1; nil when it is about the whole line.
    package var column: Int?
    /// What was wrong and what would be right.
    package var reason: String

    package var description: String {
        "\(file):\(line):" + (column.map { "\($0):" } ?? "") + " \(reason)"
    }
}
