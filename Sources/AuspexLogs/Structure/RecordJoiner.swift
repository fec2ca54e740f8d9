/// Tells the lines that go on with the record before them, such as those of a stack trace, from those that begin one.
///
/// A line goes on when it begins with a blank, or as the traces of the usual languages do, or when it has no timestamp
/// while nearly all records of the stream have one; not when it is the last cry of a program, such as `panic:`. A record is
/// at most ``mostLines`` lines long. Memory: constant.
public struct RecordJoiner: Sendable, Equatable {
    /// Lines that one record may have; a line after that begins a new one.
    public static let mostLines = 256

    /// The share of records that begin with a timestamp from which on a line without one is no record.
    private static let usualShare = 0.9
    /// Records before the share is trusted.
    private static let fewestRecords = 20
    /// Records after which an old one counts half.
    private static let fade = 0.998

    private var records = 0
    /// Records, and those among them with a timestamp, fading.
    private var weight = 0.0
    private var timed = 0.0
    private var lines = 0
    private var endsInTraceback = false

    /// Creates a joiner that has seen nothing.
    public init() {}

    /// Whether the line goes on with the record before. `hasTimestamp` tells whether one was found in it.
    public mutating func continues(_ line: Span<UInt8>, hasTimestamp: Bool) -> Bool {
        let goesOn = records > 0 && lines < Self.mostLines && !hasTimestamp && isContinuation(line)
        // The first line of a Python trace that is not indented names the error and ends it.
        let isIndented = line.count == 0 || line[0].isBlank
        endsInTraceback =
            line.has("Traceback (most recent call last)", at: 0) || goesOn && endsInTraceback && isIndented
        guard !goesOn else {
            lines += 1
            return true
        }
        records += 1
        lines = 1
        weight = weight * Self.fade + 1
        timed = timed * Self.fade + (hasTimestamp ? 1 : 0)
        return false
    }

    /// The same for a raw line, in which a timestamp is looked for.
    public mutating func continues(_ line: Span<UInt8>) -> Bool {
        continues(line, hasTimestamp: LogHeader(of: line, reference: nil).hasTimestamp)
    }

    private func isContinuation(_ line: Span<UInt8>) -> Bool {
        if line.count > 0 ? line[0].isBlank : lines > 1 { return true }
        if Self.isLastCry(line) { return false }
        if records >= Self.fewestRecords, timed >= Self.usualShare * weight { return true }
        if endsInTraceback { return true }
        return line.has("Caused by: ", at: 0) || line.has("Suppressed: ", at: 0) || line.has("... ", at: 0)
            || line.has("at ", at: 0) || line.has("goroutine ", at: 0) || line.has("stack backtrace:", at: 0)
    }

    /// Whether the line is what runtimes write when a program ends against its will, past its own logging.
    private static func isLastCry(_ line: Span<UInt8>) -> Bool {
        line.has("panic: ", at: 0) || line.has("fatal error: ", at: 0) || line.has("Fatal error: ", at: 0)
            || line.has("Traceback (most recent call last)", at: 0) || line.has("Segmentation fault", at: 0)
            || line.has("Unhandled exception", at: 0) || line.has("Exception in thread ", at: 0)
            || line.has("terminate called ", at: 0)
    }

    /// The class of the error that is at the bottom of a trace: the last that follows `Caused by:`, or what stands before the
    /// colon in the line that ends a Python trace.
    static func rootCause(_ record: Span<UInt8>) -> Range<Int>? {
        var result: Range<Int>?
        var isPython = false
        var index = 0
        while index < record.count {
            let end = record.end(from: index) { $0 != UInt8(ascii: "\n") }
            let start = record.end(from: index) { $0.isBlank }
            if start < end, record.has("Caused by: ", at: start) {
                let name = start + "Caused by: ".utf8.count
                let nameEnd = record.end(from: name) { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "$") }
                if nameEnd > name { result = name..<nameEnd }
            } else if isPython, start == index, start < end {
                let nameEnd = record.end(from: start) { $0.isWord || $0 == UInt8(ascii: ".") }
                if nameEnd > start { result = start..<nameEnd }
                isPython = false
            }
            if record.has("File \"", at: start), start > index { isPython = true }
            index = end + 1
        }
        return result
    }
}
