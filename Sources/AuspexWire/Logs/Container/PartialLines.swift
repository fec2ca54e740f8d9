import AuspexSignals

/// Joins the parts into which container runtimes cut long lines, for each of a container's streams.
struct PartialLines: Sendable {
    private struct Line: Sendable {
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

    /// Adds a part to the line of its stream; with the last one, or when there have been too many, the line is handed on.
    mutating func add(
        _ text: some Collection<UInt8>, isLast: Bool, isCut: Bool, time: Timestamp, stream: String,
        attributes: LogAttributes, into logs: inout DecodedLogs
    ) {
        var line =
            open.removeValue(forKey: stream)
            ?? Line(
                time: time, text: [], parts: 0, isCut: false, attributes: attributes)
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
