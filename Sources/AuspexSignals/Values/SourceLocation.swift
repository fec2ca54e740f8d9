/// A place in an input: file, line and column, so that whoever wrote it can find the mistake.
public struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The file's path as the user gave it, `-` for standard input.
    public var file: String
    /// The line, from 1; nil when the whole file is meant.
    public var line: Int?
    /// The column in characters, from 1; nil when the whole line is meant.
    public var column: Int?

    /// Creates a location.
    public init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `rules/disk.yaml:12:7`.
    public var description: String {
        ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
    }
}
