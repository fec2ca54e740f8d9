import AuspexSignals

/// What a line in JSON or logfmt says in the fields that have a meaning by their names.
struct StructuredLine {
    /// The text that is the message; nil for a JSON object without one.
    var message: Range<Int>?
    var time: Timestamp?
    var severity: LogSeverity?

    /// Reads a line in either form, with its fields; nil when it is neither, or logfmt without a message that is quoted or
    /// has a level or a time beside it: such a line is
    /// as good as text, its names being words of the template.
    init?(_ line: Span<UInt8>, fields: inout [LineField], reference: Timestamp?) {
        let first = line.peek(line.end(from: 0) { $0.isSpace })
        let isJSON = first == UInt8(ascii: "{")
        guard isJSON || first.isLetter else { return nil }
        guard isJSON ? JSONFields.read(line, into: &fields) : LogfmtFields.read(line, into: &fields) else { return nil }
        if let field = Self.field(Self.levelNames, line, fields, { _ in true }) {
            severity = Self.level(line, field)
        }
        if let field = Self.field(Self.timeNames, line, fields, { _ in true }) {
            time = Self.time(line, field.value, reference)
        }
        let names = isJSON ? Self.messageNames : Self.logfmtMessageNames
        let found = Self.field(names, line, fields) { $0.isText && !$0.value.isEmpty }
        message = found?.value
        // Other lines of pairs, such as those of Linux' audit, have a field of this name as well.
        let isQuoted = found.map { line[$0.value.lowerBound - 1] == UInt8(ascii: "\"") } ?? false
        guard isJSON || isQuoted || found != nil && (severity != nil || time != nil) else { return nil }
    }

    // The names by which the usual logging libraries and schemas call these fields, the likeliest first.
    private static let messageNames: [StaticString] = [
        "message", "msg", "MESSAGE", "log", "body", "short_message", "@message", "event", "text",
    ]
    private static let logfmtMessageNames: [StaticString] = ["msg", "message"]
    private static let levelNames: [StaticString] = [
        "level", "severity", "lvl", "log.level", "loglevel", "levelname", "severity_text", "@level", "status",
    ]
    private static let timeNames: [StaticString] = ["time", "ts", "timestamp", "@timestamp", "t", "date", "datetime"]

    private static func field(
        _ names: [StaticString], _ line: Span<UInt8>, _ fields: [LineField], _ isUsable: (LineField) -> Bool
    ) -> LineField? {
        for name in names {
            for field in fields
            where field.name.count == name.utf8CodeUnitCount && line.has(name, at: field.name.lowerBound) {
                if isUsable(field) { return field }
            }
        }
        return nil
    }

    /// A level by its name, or by one of the numbers of bunyan and pino.
    private static func level(_ line: Span<UInt8>, _ field: LineField) -> LogSeverity? {
        if field.isText, let level = LogSeverity.read(line, field.value) { return level }
        guard field.value.count == 2, line.hasDigits(2, at: field.value.lowerBound) else { return nil }
        switch line.number(field.value) {
        case 10..<20: return .trace
        case 20..<30: return .debug
        case 30..<40: return .info
        case 40..<50: return .warn
        case 50..<60: return .error
        case 60..<70: return .fatal
        default: return nil
        }
    }

    private static func time(_ line: Span<UInt8>, _ value: Range<Int>, _ reference: Timestamp?) -> Timestamp? {
        let text = line.extracting(0..<value.upperBound)
        let digits = text.endOfDigits(from: value.lowerBound)
        if digits > value.lowerBound, digits == value.upperBound || text[digits] == UInt8(ascii: ".") {
            return epoch(text, value.lowerBound..<digits)
        }
        return TimestampReader.read(text, at: value.lowerBound, reference: reference)?.time
    }

    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by how many digits they have now.
    private static func epoch(_ line: Span<UInt8>, _ digits: Range<Int>) -> Timestamp? {
        let millisecondDigits = 13
        switch digits.count {
        case 10:
            let hasFraction = line.peek(digits.upperBound) == UInt8(ascii: ".")
            let fraction = hasFraction ? milliseconds(line, digits.upperBound + 1) : 0
            return Timestamp(milliseconds: Int64(line.number(digits)) * 1_000 + fraction)
        case millisecondDigits, 16, 19:
            let leading = digits.lowerBound..<digits.lowerBound + millisecondDigits
            return Timestamp(milliseconds: Int64(line.number(leading)))
        default: return nil
        }
    }

    private static func milliseconds(_ line: Span<UInt8>, _ start: Int) -> Int64 {
        var value: Int64 = 0
        for index in start..<start + 3 {
            value = value * 10 + (line.peek(index).isDigit ? Int64(line[index].digitValue) : 0)
        }
        return value
    }

    /// A line that stands for a JSON object without a message: its names in order, with a value for each that is surely
    /// taken for a variable. The fields are in order then.
    static func names(_ line: Span<UInt8>, _ fields: inout [LineField], into text: inout [UInt8]) {
        text.removeAll(keepingCapacity: true)
        text.append(UInt8(ascii: "{"))
        let sorted = fields.map { (name: line.array($0.name), field: $0) }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
        fields = sorted.map(\.field)
        for (position, entry) in sorted.enumerated() {
            if position > 0 { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "\""))
            text += entry.name
            text += "\":0".utf8
        }
        text.append(UInt8(ascii: "}"))
    }
}
