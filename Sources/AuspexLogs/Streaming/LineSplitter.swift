/// Cuts a stream of bytes, given in pieces of any size, into lines.
///
/// A line ends with `\n` or `\r\n`, the last one also without. A byte order mark before the first line is dropped.
/// NULs and broken UTF-8 are bytes like others. Of a line longer than ``maximumLineBytes`` the beginning is given out
/// and the rest dropped and counted, so that memory is bounded even if no line ever ends. Cost: each byte is looked at
/// once, and copied only where a line crosses a border between pieces.
public struct LineSplitter: Sendable {
    /// Bytes of a line that are given out.
    public let maximumLineBytes: Int
    /// Lines that were longer.
    public private(set) var cutLines: UInt64 = 0

    private var pending: [UInt8] = []
    private var isCut = false
    private var isFirst = true

    /// Creates a splitter; a bound below 1 counts as 1.
    public init(maximumLineBytes: Int = 65_536) {
        self.maximumLineBytes = max(1, maximumLineBytes)
    }

    /// Takes the next piece and calls `body` with every line that ends in it, without its line end.
    public mutating func feed<Failure: Error>(
        _ piece: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < piece.count {
            var end = start
            while end < piece.count, piece[end] != UInt8(ascii: "\n") { end += 1 }
            let part = piece.extracting(start..<end)
            guard end < piece.count else { return keep(part) }
            if pending.isEmpty, !isCut {
                try give(part, body)
            } else {
                keep(part)
                try givePending(body)
            }
            start = end + 1
        }
    }

    /// Calls `body` with the last line if it has no line end. The splitter is as new then, but for its counter.
    public mutating func finish<Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        if !pending.isEmpty || isCut { try givePending(body) }
        isFirst = true
    }

    /// Keeps the beginning of a line whose end is still to come. One byte more than the bound is kept, which may turn
    /// out to be the `\r` of a line that is just not too long.
    private mutating func keep(_ part: Span<UInt8>) {
        let room = maximumLineBytes + 1 - pending.count
        if part.count > room { isCut = true }
        for index in 0..<min(room, part.count) { pending.append(part[index]) }
    }

    private mutating func givePending<Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var line: [UInt8] = []
        swap(&line, &pending)
        let wasCut = isCut
        isCut = false
        if wasCut {
            cutLines += 1
            let start = min(markLength(line.span), maximumLineBytes)
            try body(line.span.extracting(start..<maximumLineBytes))
        } else {
            try give(line.span, body)
        }
        line.removeAll(keepingCapacity: line.count <= maximumLineBytes)
        pending = line
    }

    /// Gives out a whole line, cut to the bound.
    private mutating func give<Failure: Error>(
        _ line: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let hasReturn = line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r")
        let length = hasReturn ? line.count - 1 : line.count
        if length > maximumLineBytes { cutLines += 1 }
        let end = min(length, maximumLineBytes)
        let start = min(markLength(line), end)
        try body(line.extracting(start..<end))
    }

    /// The bytes of UTF-8's byte order mark at the start of the stream's first line.
    private mutating func markLength(_ line: Span<UInt8>) -> Int {
        defer { isFirst = false }
        guard isFirst, line.count >= 3, line[0] == 0xef, line[1] == 0xbb, line[2] == 0xbf else { return 0 }
        return 3
    }
}
