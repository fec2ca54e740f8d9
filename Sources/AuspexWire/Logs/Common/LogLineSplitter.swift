/// Splits a stream of bytes into lines, fed in pieces of any size, with memory for one line of the longest length.
///
/// A line ends at a line feed, before which a carriage return may stand. What is longer than the limit is cut: the
/// beginning is handed on, the rest passed over. Zero bytes, which a file has where it was cut off under its writer, are
/// passed over and counted.
package struct LogLineSplitter: Sendable {
    /// One line.
    package struct Line: Hashable, Sendable {
        /// The bytes without the end of the line, at most as many as the limit.
        package var bytes: [UInt8]
        /// Whether the line was longer.
        package var isCut: Bool
        /// How many bytes of the stream lie before this line.
        package var start: Int64
        /// How many bytes of the stream lie before the byte behind this line.
        package var end: Int64
    }

    private let limit: Int
    private var kept: [UInt8] = []
    private var isCut = false
    private var isEmpty = true
    private var lineStart: Int64
    /// How many bytes of the stream have been fed in.
    package private(set) var position: Int64
    /// How many zero bytes have been passed over.
    package private(set) var zeros = 0

    /// Splits a stream of which `position` bytes have been read already.
    package init(limit: Int, position: Int64 = 0) {
        self.limit = limit
        self.position = position
        lineStart = position
    }

    /// Whether bytes of a line that has not ended are held back.
    package var hasRest: Bool { !isEmpty }

    /// Takes the next bytes of the stream and hands on every line that ends in them.
    package mutating func append(_ bytes: some Collection<UInt8>, _ take: (Line) -> Void) {
        var rest = bytes[...]
        while let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<feed])
            position += 1
            rest = rest[rest.index(after: feed)...]
            take(takeLine())
        }
        keep(rest)
    }

    /// Hands on what is left without the end of a line.
    package mutating func finish(_ take: (Line) -> Void) {
        guard hasRest else { return }
        take(takeLine())
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        let count = bytes.count
        guard count > 0 else { return }
        position += Int64(count)
        if bytes.contains(0) {
            let text = bytes.filter { $0 != 0 }
            zeros += count - text.count
            keepText(text)
        } else {
            keepText(bytes)
        }
    }

    private mutating func keepText(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        isEmpty = false
        // One byte more than the limit, which may be a carriage return.
        let room = limit + 1 - kept.count
        kept.append(contentsOf: bytes.prefix(room))
        if bytes.count > room { isCut = true }
    }

    private mutating func takeLine() -> Line {
        if !isCut, kept.last == UInt8(ascii: "\r") { kept.removeLast() }
        let line = Line(
            bytes: Array(kept.prefix(limit)), isCut: isCut || kept.count > limit, start: lineStart, end: position)
        lineStart = position
        kept.removeAll(keepingCapacity: kept.capacity <= 1 << 16)
        isCut = false
        isEmpty = true
        return line
    }
}
