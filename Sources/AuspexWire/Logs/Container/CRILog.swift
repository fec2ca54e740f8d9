import AuspexSignals

/// The log format of Kubernetes' container runtimes: `<RFC 3339 time> <stdout|stderr> <P|F>[:tag…] <content>`.
///
/// `P` is a part of a line that goes on in the stream's next one, `F` is its end. Source: Kubernetes, CRI logging format
/// (`kubelet-cri-logging.md`).
package struct CRILog: Sendable {
    private let base: LogAttributes
    private var lines: PartialLines
    private var number = 0

    /// Reads a log from its beginning, or from any of its lines.
    ///
    /// - Parameter base: Attributes that all records have.
    package init(limits: LogLimits = LogLimits(), base: LogAttributes? = nil) {
        self.base = base ?? LogAttributes(limits: limits)
        lines = PartialLines(limits: limits)
    }

    /// Whether parts wait for the end of their line.
    package var hasRest: Bool { lines.hasRest }

    /// Where the earliest line begins that waits for its end: everything before it has become records or was refused. Nil when
    /// none waits, and everything that has been read is done with.
    package var restStart: Int64? { lines.restStart }

    /// Takes the next line.
    package mutating func read(_ line: LogLineSplitter.Line, into logs: inout DecodedLogs) {
        number += 1
        guard !line.bytes.isEmpty else { return }
        var fields = line.bytes.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        // An empty line has nothing behind its tags.
        if fields.count == 3 { fields.append([]) }
        guard fields.count == 4 else { return reject(line, into: &logs) }
        let stream = String(decoding: fields[1], as: UTF8.self)
        let tag = fields[2].prefix { $0 != UInt8(ascii: ":") }
        guard let time = Timestamp(iso8601: String(decoding: fields[0], as: UTF8.self)),
            stream == "stdout" || stream == "stderr",
            tag.elementsEqual([UInt8(ascii: "F")]) || tag.elementsEqual([UInt8(ascii: "P")])
        else { return reject(line, into: &logs) }
        var attributes = base
        attributes.set("log.iostream", stream)
        lines.add(
            fields[3], isLast: tag.first == UInt8(ascii: "F"), isCut: line.isCut, start: line.start, time: time,
            stream: stream, attributes: attributes, into: &logs)
    }

    /// Hands on parts whose line has no end.
    package mutating func finish(into logs: inout DecodedLogs) { lines.finish(into: &logs) }

    private func reject(_ line: LogLineSplitter.Line, into logs: inout DecodedLogs) {
        logs.reject(
            "line \(number)",
            "expected '<RFC 3339 time> <stdout|stderr> <P|F> <content>', not '\(line.excerpt)'")
    }
}

extension LogLineSplitter.Line {
    /// The beginning of the line as it may stand in a message.
    var excerpt: String {
        let text = String(decoding: bytes.prefix(80), as: UTF8.self)
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
