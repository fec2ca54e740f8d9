import AuspexSignals

/// Where a record begins, so that any byte of it can be told as line and column.
struct TextPlace {
    /// The file for messages.
    let file: String
    /// The line on which the record begins, from 1.
    let line: Int
    /// The record's first byte in the current piece.
    let start: Int

    /// Line and column in characters of the byte at `place`.
    func location(of place: Int, in bytes: Span<UInt8>) -> SourceLocation {
        var lineStart = start
        var line = line
        while let end = bytes.extracting(0..<place).firstIndex(of: UInt8(ascii: "\n"), from: lineStart) {
            lineStart = end + 1
            line += 1
        }
        return SourceLocation(file: file, line: line, column: bytes.extracting(lineStart..<place).text.count + 1)
    }
}
