import AuspexLogs
import AuspexSignals
import AuspexWire

/// Lines of text that may go on over several, as stack traces do.
///
/// A record is complete when the next one begins, so the last one waits for that, or for the file to be quiet.
struct RawLog {
    private let base: LogAttributes
    private let limits: LogLimits
    private var joiner = RecordJoiner()
    private var open: LogLineSplitter.Line?

    init(base: LogAttributes, limits: LogLimits) {
        self.base = base
        self.limits = limits
    }

    /// Whether a record waits for its end.
    var hasRest: Bool { open != nil }

    /// Takes the next line.
    ///
    /// - Returns: the byte up to which everything has become a record.
    mutating func read(_ line: LogLineSplitter.Line, received: Timestamp, into logs: inout DecodedLogs) -> Int64? {
        if var record = open, joiner.continues(line.bytes.span) {
            let room = limits.bodyBytes - record.bytes.count - 1
            if room > 0 {
                record.bytes.append(UInt8(ascii: "\n"))
                record.bytes += line.bytes.prefix(room)
            }
            record.isCut = record.isCut || line.isCut || line.bytes.count > room
            record.end = line.end
            open = record
            return nil
        }
        if open == nil { _ = joiner.continues(line.bytes.span) }
        let end = open?.end
        finish(received: received, into: &logs)
        open = line
        return end
    }

    /// Takes the record that waits as if it were complete.
    mutating func finish(received: Timestamp, into logs: inout DecodedLogs) {
        guard let record = open else { return }
        logs.acceptText(record, time: received, attributes: base)
        open = nil
    }
}
