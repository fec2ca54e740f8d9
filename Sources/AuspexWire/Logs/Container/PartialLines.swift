import AuspexSignals

/// Joins the parts into which container runtimes cut long lines, for each of a container's streams.
///
/// Runtimes cut a line where their buffer is full and write its parts at once. One whose end is still missing when the other
/// stream is ``patience`` further has none: its writer died, or was cut off.
struct PartialLines: Sendable {
    /// A line waits for its end for so long, by the times of the entries: as long as a line of a quiet file does.
    static let patience = TimeSpan.seconds(5)

    private struct Line: Sendable {
        /// Where its first part begins in the file.
        var start: Int64
        var time: Timestamp
        var text: [UInt8]
        var parts: Int
        var isCut: Bool
        var attributes: LogAttributes
    }

    private let limits: LogLimits
    private var open: [String: Line] = [:]

    init(limits: LogLimits) {
        self.limits = limits
    }

    /// Whether a line waits for its end.
    var hasRest: Bool { !open.isEmpty }

    /// Where the earliest line that waits for its end begins; nil when none waits.
    var restStart: Int64? { open.values.map(\.start).min() }

    /// Adds a part to the line of its stream; with the last one, or when there have been too many, the line is handed on.
    mutating func add(
        _ text: some Collection<UInt8>, isLast: Bool, isCut: Bool, start: Int64, time: Timestamp, stream: String,
        attributes: LogAttributes, into logs: inout DecodedLogs
    ) {
        giveUp(butOf: stream, at: time, into: &logs)
        var line =
            open.removeValue(forKey: stream)
            ?? Line(start: start, time: time, text: [], parts: 0, isCut: false, attributes: attributes)
        let room = max(0, limits.bodyBytes - line.text.count)
        line.text.append(contentsOf: text.prefix(room))
        if isCut || text.count > room { line.isCut = true }
        line.parts += 1
        if isLast || line.parts >= limits.joinedLines {
            hand(on: line, into: &logs)
        } else {
            open[stream] = line
        }
    }

    /// Hands on lines of the other streams that have waited too long. A clock that was set back makes no line wait longer.
    private mutating func giveUp(butOf stream: String, at time: Timestamp, into logs: inout DecodedLogs) {
        for (other, line) in open where other != stream {
            guard (time - line.time).milliseconds.magnitude > Self.patience.milliseconds.magnitude else { continue }
            open[other] = nil
            hand(on: line, into: &logs)
        }
    }

    /// Hands on what waits.
    mutating func finish(into logs: inout DecodedLogs) {
        for (_, line) in open.sorted(by: { $0.key < $1.key }) { hand(on: line, into: &logs) }
        open = [:]
    }

    private func hand(on line: Line, into logs: inout DecodedLogs) {
        let body = String(decoding: line.text, as: UTF8.self)
        let (record, isShortened) = line.attributes.record(time: line.time, severity: "", body: body)
        logs.accept(record, isShortened: isShortened || line.isCut)
    }
}
