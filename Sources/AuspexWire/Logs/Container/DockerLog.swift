import AuspexSignals

/// Docker's `json-file` logs: one object a line with `log`, `stream`, `time` and, where the daemon adds them, `attrs`.
///
/// A `log` without a line feed at its end is a part of a line that goes on in the stream's next object.
package struct DockerLog: Sendable {
    private let limits: LogLimits
    private let base: LogAttributes
    private var lines: PartialLines
    private var number = 0

    /// Reads a log from its beginning, or from any of its lines.
    ///
    /// - Parameter base: Attributes that all records have.
    package init(limits: LogLimits = LogLimits(), base: LogAttributes? = nil) {
        self.limits = limits
        self.base = base ?? LogAttributes(limits: limits)
        lines = PartialLines(limits: limits)
    }

    /// Whether parts wait for the end of their line.
    package var hasRest: Bool { lines.hasRest }

    /// Where the earliest line begins that waits for its end: everything before it has become records or was refused. Nil when
    /// none waits, and everything that has been read is done with.
    package var restStart: Int64? { lines.restStart }

    private struct Entry {
        var log: String?
        var stream = ""
        var time: Timestamp?
        var attributes: LogAttributes
    }

    /// Takes the next line.
    package mutating func read(_ line: LogLineSplitter.Line, into logs: inout DecodedLogs) {
        number += 1
        guard !line.bytes.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return }
        guard !line.isCut else {
            logs.reject("line \(number)", "the line has more than \(limits.bodyBytes) bytes")
            return
        }
        do throws(LogWireError) {
            let entry = try AuspexWire.read(line.bytes) { bytes throws(LogWireError) in try readEntry(bytes) }
            guard let log = entry.log, let time = entry.time else {
                logs.reject("line \(number)", "an entry must have 'log' and 'time', an RFC 3339 time")
                return
            }
            let isLast = log.utf8.last == UInt8(ascii: "\n")
            var attributes = entry.attributes
            attributes.set("log.iostream", entry.stream)
            var text = log.utf8[...]
            if isLast { text.removeLast() }
            if isLast, text.last == UInt8(ascii: "\r") { text.removeLast() }
            lines.add(
                text, isLast: isLast, isCut: false, start: line.start, time: time,
                stream: entry.stream == "stderr" ? "stderr" : "stdout", attributes: attributes, into: &logs)
        } catch {
            logs.reject("line \(number)", error.description)
        }
    }

    /// Hands on parts whose line has no end.
    package mutating func finish(into logs: inout DecodedLogs) { lines.finish(into: &logs) }

    private func readEntry(_ bytes: UnsafeRawBufferPointer) throws(LogWireError) -> Entry {
        var entry = Entry(attributes: base)
        var cursor = JSONCursor(bytes, in: 0..<bytes.count, depthLimit: limits.depth)
        try cursor.object { cursor, name throws(LogWireError) in
            switch name {
            case "log": entry.log = try cursor.string()
            case "stream": entry.stream = try cursor.string()
            case "time": entry.time = Timestamp(iso8601: try cursor.string())
            case "attrs":
                try cursor.object { cursor, name throws(LogWireError) in
                    entry.attributes.set(name, try cursor.value().plainText)
                }
            default: try cursor.skip()
            }
        }
        try cursor.finish()
        return entry
    }
}
