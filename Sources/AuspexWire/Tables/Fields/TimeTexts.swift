/// The texts of a series' times as the file has them, all in one piece of memory: a time read is cut to milliseconds, but a
/// row can still be told by the time that its writer gave it.
package struct TimeTexts: Hashable, Sendable {
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends: [Int] = []

    /// The text of the time in row `row`.
    package subscript(row: Int) -> String {
        let start = row == 0 ? 0 : ends[row - 1]
        return String(decoding: bytes[start..<ends[row]], as: UTF8.self)
    }

    /// Adds the text of the next row.
    mutating func append(_ field: Span<UInt8>) {
        let text = field.extracting(field.trimmedRange)
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
    }
}
