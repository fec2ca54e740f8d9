/// Finds the level that a log line gives itself.
enum SeverityReader {
    /// The level word at `start` and its end: a name that a blank, `:`, `]`, `|`, `,`, `)` or the end follows, or one
    /// of the single letters of Android and glog before a blank or slash.
    static func level(_ line: Span<UInt8>, at start: Int) -> (level: LogSeverity, end: Int)? {
        guard start < line.count, line[start].isASCIILetter else { return nil }
        let end = min(line.end(from: start) { $0.isASCIILetter }, start + LogSeverity.longestName + 1)
        if end == start + 1 { return letter(line, at: start) }
        // PostgreSQL writes `LOG:`; a small `log` is a word.
        guard isUniform(line, start..<end), endsLevel(line.peek(end)), !line.has("log", at: start),
            let level = LogSeverity.read(line, start..<end)
        else { return nil }
        return (level, end)
    }

    private static func letter(_ line: Span<UInt8>, at start: Int) -> (level: LogSeverity, end: Int)? {
        let next = line.peek(start + 1)
        guard next == UInt8(ascii: " ") || next == UInt8(ascii: "/"), start + 2 < line.count,
            !line[start + 2].isSpace
        else { return nil }
        let level: LogSeverity
        switch line[start] {
        case UInt8(ascii: "V"): level = .trace
        case UInt8(ascii: "D"): level = .debug
        case UInt8(ascii: "I"): level = .info
        case UInt8(ascii: "W"): level = .warn
        case UInt8(ascii: "E"): level = .error
        case UInt8(ascii: "F"): level = .fatal
        default: return nil
        }
        return (level, next == UInt8(ascii: "/") ? start + 2 : start + 1)
    }

    /// Whether a word is all capitals, all small, or small after a capital.
    private static func isUniform(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        let rest = word.dropFirst()
        return rest.allSatisfy { !line[$0].isUpperCase } || word.allSatisfy { line[$0].isUpperCase }
    }

    private static func endsLevel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: ")"): true
        default: byte.isSpace
        }
    }

    /// How far into a line a field with the level is looked for.
    private static let searchedBytes = 512

    /// The level of a line or message without a level in its header: a level in capitals at its start, maybe in
    /// brackets, or a field `level=…`, `lvl=…`, `severity=…`, or the same in JSON.
    static func find(_ line: Span<UInt8>) -> LogSeverity? {
        let start = line.peek(0) == UInt8(ascii: "[") ? 1 : 0
        if line.all(2, from: start, { $0.isUpperCase }), let (level, _) = level(line, at: start) { return level }
        let bound = min(line.count, searchedBytes)
        var index = 0
        while index < bound {
            let end = line.end(from: index) { $0.isWord }
            if let value = valueStart(line, name: index..<end) {
                let valueEnd = line.end(from: value) { $0.isASCIILetter }
                if let level = LogSeverity.read(line, value..<valueEnd) { return level }
            }
            index = end + 1
        }
        return nil
    }

    /// Where the value starts if the word is the name of a level field.
    private static func valueStart(_ line: Span<UInt8>, name: Range<Int>) -> Int? {
        let isName =
            switch name.count {
            case 3: line.has("lvl", at: name.lowerBound)
            case 5: line.has("level", at: name.lowerBound)
            case 8: line.has("severity", at: name.lowerBound)
            default: false
            }
        guard isName else { return nil }
        var index = name.upperBound
        if line.peek(index) == UInt8(ascii: "\"") {
            guard line.peek(index + 1) == UInt8(ascii: ":") else { return nil }
            index = line.end(from: index + 2) { $0 == UInt8(ascii: " ") }
        } else {
            guard line.peek(index) == UInt8(ascii: "=") else { return nil }
            index += 1
        }
        return line.peek(index) == UInt8(ascii: "\"") ? index + 1 : index
    }
}
