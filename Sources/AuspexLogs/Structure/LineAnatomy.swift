import AuspexSignals

/// What a line is made of: the message that is mined, and what the rest of the line says of it.
struct LineAnatomy {
    /// The message's bytes in the line.
    var message: Range<Int>
    var time: Timestamp?
    var severity: LogSeverity?
    var hasTimestamp = false
    /// Where in the line the cause of the error stands that follows the message in ``LogStream/scratch``.
    var cause = 0..<0

    /// The bytes of the line for a part of the scratch text, both counted from the start of the message.
    func placeInLine(_ range: Range<Int>) -> Range<Int> {
        let start = message.count + Self.causeMark.utf8.count
        guard range.lowerBound >= start else { return range.clamped(to: 0..<message.count) }
        let offset = cause.lowerBound - message.lowerBound - start
        return range.lowerBound + offset..<range.upperBound + offset
    }

    /// What stands between the message and the cause.
    static let causeMark = " Caused by: "

    /// Where the text lies that is mined.
    var source = Source.line

    enum Source {
        /// In the line.
        case line
        /// In ``LogStream/scratch``: the message and the cause of the error.
        case cause
        /// In ``LogStream/scratch``: the names of ``LogStream/fields``, which are in order.
        case names
    }
}

extension LogStream {
    /// Takes a line apart: the fields of JSON or logfmt, or a header and a message, which may be structured itself.
    mutating func anatomy(of line: Span<UInt8>, reference: Timestamp?) -> LineAnatomy {
        if let structured = structured(line, 0, reference) { return structured }
        guard configuration.readsHeaders else { return firstLine(LineAnatomy(message: 0..<line.count), line) }
        let header = LogHeader(of: line, reference: reference, vote: &vote)
        if header.messageStart > 0, line.peek(header.messageStart) == UInt8(ascii: "{"),
            var structured = structured(line, header.messageStart, reference)
        {
            structured.time = header.time ?? structured.time
            structured.severity = structured.severity ?? header.severity
            structured.hasTimestamp = header.hasTimestamp
            return structured
        }
        let plain = LineAnatomy(
            message: header.messageStart..<line.count, time: header.time, severity: header.severity,
            hasTimestamp: header.hasTimestamp)
        return firstLine(plain, line)
    }

    private mutating func structured(_ line: Span<UInt8>, _ start: Int, _ reference: Timestamp?) -> LineAnatomy? {
        let part = line.extracting(start..<line.count)
        guard let structured = StructuredLine(part, fields: &fields, reference: reference) else { return nil }
        var result = LineAnatomy(message: start..<line.count, time: structured.time, severity: structured.severity)
        result.hasTimestamp = structured.time != nil
        if let message = structured.message {
            result.message = start + message.lowerBound..<start + message.upperBound
        } else {
            StructuredLine.names(part, &fields, into: &scratch)
            result.source = .names
        }
        return result
    }

    /// Of several lines the first, followed by the class of the error that caused the others, if it is told.
    private mutating func firstLine(_ anatomy: LineAnatomy, _ line: Span<UInt8>) -> LineAnatomy {
        var result = anatomy
        // The first line that says anything.
        let start = line.end(from: anatomy.message.lowerBound) { $0.isSpace }
        let end = line.end(from: start) { $0 != UInt8(ascii: "\n") }
        guard end < line.count || start > anatomy.message.lowerBound && start < line.count else { return result }
        result.message = start..<end
        guard let cause = RecordJoiner.rootCause(line.extracting(end..<line.count)) else { return result }
        scratch.removeAll(keepingCapacity: true)
        for index in result.message { scratch.append(line[index]) }
        scratch += LineAnatomy.causeMark.utf8
        for index in cause { scratch.append(line[end + index]) }
        result.cause = end + cause.lowerBound..<end + cause.upperBound
        result.source = .cause
        return result
    }
}
