import AuspexSignals

/// What stands before the message of a raw log line.
struct LogHeader: Equatable, Sendable {
    /// When the line was written, if its timestamp tells it in full.
    var time: Timestamp?
    /// How bad it says it is.
    var severity: LogSeverity?
    /// The program or logger that wrote it.
    var component: Range<Int>?
    /// Whether a timestamp was found; without one nothing is taken off the line.
    var hasTimestamp = false
    /// Where the message starts.
    var messageStart = 0
    /// The parts of the header, from the timestamp on.
    var fields = HeaderFields()
}

extension LogHeader {
    /// Finds the header of a line without being told its format: a timestamp within the first five words, and what
    /// usually goes with it: a level, brackets, process numbers, a host, a component.
    ///
    /// `reference` gives the year to timestamps without one, see ``TimestampReader``.
    ///
    /// `vote`, if there is one, counts the line and cuts its header where those of the stream end.
    init(of line: Span<UInt8>, reference: Timestamp?, vote: inout HeaderVote) {
        self.init(of: line, reference: reference)
        guard fields.count > 0 else { return }
        let kept = vote.fields(of: fields)
        if kept > 0, kept < fields.count { messageStart = Self.skipSeparators(line, from: fields.end(kept - 1)) }
    }

    init(of line: Span<UInt8>, reference: Timestamp?) {
        self.init()
        var scan = HeaderScan()
        var index = 0
        if let (priority, end) = Self.priority(line) {
            severity = LogSeverity(syslogPriority: priority)
            index = end
        }
        // Some programs indent their records.
        index = line.end(from: index) { $0.isBlank }
        guard let (timestampStart, timestampEnd) = findTimestamp(line, from: index, reference) else {
            severity = SeverityReader.find(line) ?? severity
            return
        }
        hasTimestamp = true
        fields.append(.timestamp, end: timestampEnd, length: Self.marks(line, timestampStart..<timestampEnd))
        if line.peek(timestampEnd) == UInt8(ascii: "|"), timestampEnd < line.count {
            readPipes(line, from: timestampEnd)
        } else {
            scan = HeaderScan(end: timestampEnd, endBeforeLastField: timestampEnd)
            readFields(line, from: timestampEnd, &scan)
            messageStart = Self.skipSeparators(line, from: scan.end)
            // A line that is all header has its last field for a message, as in `… temperature 1 warning`.
            if line.end(from: messageStart, while: { $0.isSpace }) == line.count {
                messageStart = Self.skipSeparators(line, from: scan.endBeforeLastField)
            }
        }
        if !scan.hasLevel {
            severity = SeverityReader.find(line.extracting(messageStart..<line.count)) ?? severity
        }
    }

    /// What tells a timestamp's format: its bytes but the digits, and but what stands before a fraction, which some programs
    /// leave out where it is 0.
    private static func marks(_ line: Span<UInt8>, _ range: Range<Int>) -> Int {
        range.count { !line[$0].isDigit && line[$0] != UInt8(ascii: ".") && line[$0] != UInt8(ascii: ",") }
    }

    /// How far the reading has come, and what has been seen.
    private struct HeaderScan {
        /// The end of the last field that surely belongs to the header, and of the one before it.
        var end = 0
        var endBeforeLastField = 0
        var hasLevel = false
        var hasDottedComponent = false
        var hasLateBracket = false
        var brackets = 0
        var numbers = 0
        var words = 0
    }

    // Limits of the header's grammar: fields, words before the timestamp, brackets, numbers and plain words in it.
    private static let maximumFields = 14
    private static let maximumLeadingWords = 5
    private static let maximumBrackets = 2
    private static let maximumNumbers = 2
    private static let maximumWords = 6
    private static let maximumBracketBytes = 400
    private static let maximumPipeBytes = 64
    private static let wordsToLevel = 4

    /// `<ppp>` and syslog's version number, with the end of both.
    private static func priority(_ line: Span<UInt8>) -> (priority: Int, end: Int)? {
        guard line.peek(0) == UInt8(ascii: "<") else { return nil }
        let close = line.endOfDigits(from: 1)
        guard (2...4).contains(close), line.peek(close) == UInt8(ascii: ">") else { return nil }
        let hasVersion = line.peek(close + 1).isDigit && line.peek(close + 2) == UInt8(ascii: " ")
        return (line.number(1..<close), hasVersion ? close + 3 : close + 1)
    }

    /// The bounds of the timestamp that starts one of the first words.
    private mutating func findTimestamp(
        _ line: Span<UInt8>, from start: Int, _ reference: Timestamp?
    ) -> (start: Int, end: Int)? {
        var index = start
        for _ in 0..<Self.maximumLeadingWords {
            if line.peek(index) == UInt8(ascii: "["),
                let reading = TimestampReader.read(line, at: index + 1, reference: reference),
                line.peek(reading.end) == UInt8(ascii: "]")
            {
                time = reading.time
                return (index, reading.end + 1)
            }
            if let reading = TimestampReader.read(line, at: index, reference: reference),
                Self.endsTimestamp(line.peek(reading.end))
            {
                time = reading.time
                return (index, reading.end)
            }
            guard let end = Self.word(line, from: index) else { return nil }
            index = line.end(from: end) { $0 == UInt8(ascii: " ") }
        }
        return nil
    }

    private static func endsTimestamp(_ byte: UInt8) -> Bool {
        byte.isBlank || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: ":")
    }

    /// The form `TIME|component|pid|message`.
    private mutating func readPipes(_ line: Span<UInt8>, from start: Int) {
        let pipe = UInt8(ascii: "|")
        var index = start
        for _ in 0..<2 {
            let end = line.end(from: index + 1) { !$0.isSpace && $0 != pipe }
            guard (1...Self.maximumPipeBytes).contains(end - index - 1), end < line.count, line[end] == pipe else {
                break
            }
            if component == nil { component = index + 1..<end }
            index = end
            fields.append(.word, end: end + 1)
        }
        messageStart = index + 1
    }

    private mutating func readFields(_ line: Span<UInt8>, from start: Int, _ scan: inout HeaderScan) {
        var index = start
        for _ in 0..<Self.maximumFields {
            index = line.end(from: index) { $0.isBlank || $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: ",") }
            guard index < line.count else { return }
            if let end = field(line, at: index, &scan) {
                index = end
                scan.endBeforeLastField = scan.end
                scan.end = end
            } else if let next = plainWord(line, at: index, scan) {
                scan.words += 1
                index = next
                fields.append(.word, end: next)
            } else {
                return
            }
        }
    }

    /// The end of the field at `index`, if it surely belongs to the header.
    private mutating func field(_ line: Span<UInt8>, at index: Int, _ scan: inout HeaderScan) -> Int? {
        if let reading = TimestampReader.read(line, at: index, reference: nil), reading.end < line.count,
            line[reading.end].isBlank || line[reading.end] == UInt8(ascii: "|")
                || line[reading.end] == UInt8(ascii: ",")
        {
            fields.append(.timestamp, end: reading.end)
            return reading.end
        }
        if line[index] == UInt8(ascii: "-"), index + 1 < line.count, line[index + 1] == UInt8(ascii: " ") {
            fields.append(.dash, end: index + 2)
            return index + 2
        }
        if !scan.hasLevel, let (level, end) = SeverityReader.level(line, at: index) {
            severity = level
            scan.hasLevel = true
            fields.append(.level, end: end)
            return end
        }
        if line[index] == UInt8(ascii: "["), let end = bracket(line, at: index, &scan) { return end }
        guard component == nil else { return nil }
        let isNegative = line[index] == UInt8(ascii: "-")
        let digits = line.endOfDigits(from: isNegative ? index + 1 : index)
        if digits > (isNegative ? index + 1 : index), scan.numbers < Self.maximumNumbers, digits < line.count,
            line[digits].isSpace || line[digits] == UInt8(ascii: "|") || line[digits] == UInt8(ascii: ",")
        {
            scan.numbers += 1
            fields.append(.number, end: digits)
            return digits
        }
        if let end = Self.componentWithColon(line, at: index) {
            component = index..<end
            fields.append(.component, end: end)
            return end
        }
        if scan.hasLevel, let end = Self.dottedComponent(line, at: index) {
            component = index..<end
            scan.hasDottedComponent = true
            fields.append(.component, end: end)
            return end
        }
        return nil
    }

    /// `[LEVEL]`, or a bracket such as a thread's name: two before the component, one after a dotted component.
    private mutating func bracket(_ line: Span<UInt8>, at index: Int, _ scan: inout HeaderScan) -> Int? {
        if !scan.hasLevel, let (level, end) = SeverityReader.level(line, at: index + 1),
            line.peek(end) == UInt8(ascii: "]")
        {
            severity = level
            scan.hasLevel = true
            fields.append(.level, end: end + 1)
            return end + 1
        }
        let close = line.end(from: index + 1) { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "[") }
        guard close < line.count, line[close] == UInt8(ascii: "]"), close - index - 1 <= Self.maximumBracketBytes else {
            return nil
        }
        let next = line.peek(close + 1)
        guard close + 1 < line.count, next.isSpace || next == UInt8(ascii: ":") || next == UInt8(ascii: "-") else {
            return nil
        }
        if scan.hasDottedComponent {
            guard !scan.hasLateBracket, !Self.hasColonAndBlank(line, index..<close) else { return nil }
            scan.hasLateBracket = true
            fields.append(.bracket, end: close + 1)
            return close + 1
        }
        guard component == nil, scan.brackets < Self.maximumBrackets else { return nil }
        scan.brackets += 1
        fields.append(.bracket, end: close + 1)
        return close + 1
    }

    private static func hasColonAndBlank(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.contains { line[$0] == UInt8(ascii: ":") && line.peek($0 + 1) == UInt8(ascii: " ") }
    }

    /// The start of the next word, if the one at `index` is a host or the like: before any level and component, and
    /// with a component directly after it, or a level or another timestamp within the next few words. A component that
    /// comes later may as well be the message's own, as in `Component State Change: …`.
    private func plainWord(_ line: Span<UInt8>, at index: Int, _ scan: HeaderScan) -> Int? {
        guard component == nil, !scan.hasLevel, scan.words < Self.maximumWords, let end = Self.word(line, from: index)
        else { return nil }
        let next = line.end(from: end) { $0 == UInt8(ascii: " ") }
        var ahead = next
        for words in 0..<Self.wordsToLevel {
            if (words == 0 && Self.componentWithColon(line, at: ahead) != nil)
                || TimestampReader.read(line, at: ahead, reference: nil) != nil
                || (line.all(2, from: ahead, { $0.isUpperCase }) && SeverityReader.level(line, at: ahead) != nil)
            {
                return next
            }
            guard let end = Self.word(line, from: ahead) else { return nil }
            ahead = line.end(from: end) { $0 == UInt8(ascii: " ") }
        }
        return nil
    }

    /// The end of the word at `start`, if white space follows it.
    private static func word(_ line: Span<UInt8>, from start: Int) -> Int? {
        let end = line.end(from: start) { !$0.isSpace }
        return end > start && end < line.count ? end : nil
    }

    /// `name:`, `name[pid]:`, `name(more)[pid]:` before white space or the end.
    private static func componentWithColon(_ line: Span<UInt8>, at start: Int) -> Int? {
        guard line.peek(start).isASCIILetter || line.peek(start) == UInt8(ascii: "_") else { return nil }
        var index = line.end(from: start) {
            $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "/")
                || $0 == UInt8(ascii: "-")
        }
        if line.peek(index) == UInt8(ascii: "(") {
            let close = line.end(from: index + 1) {
                $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-")
            }
            if line.peek(close) == UInt8(ascii: ")") { index = close + 1 }
        }
        if line.peek(index) == UInt8(ascii: "[") {
            let close = line.end(from: index + 1) { $0 != UInt8(ascii: "]") && !$0.isSpace }
            if line.peek(close) == UInt8(ascii: "]") { index = close + 1 }
        }
        guard line.peek(index) == UInt8(ascii: ":"), line.peek(index + 1).isSpace else { return nil }
        return index + 1
    }

    /// `a.b.C` before white space.
    private static func dottedComponent(_ line: Span<UInt8>, at start: Int) -> Int? {
        guard line.peek(start).isASCIILetter || line.peek(start) == UInt8(ascii: "_") else { return nil }
        var index = start
        var labels = 0
        while true {
            let end = line.end(from: index) { $0.isWord || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "-") }
            guard end > index else { return nil }
            labels += 1
            index = end
            guard line.peek(index) == UInt8(ascii: ".") else { break }
            index += 1
        }
        return labels >= 2 && index < line.count && line[index].isSpace ? index : nil
    }

    private static func skipSeparators(_ line: Span<UInt8>, from start: Int) -> Int {
        let index = line.end(from: start) { $0.isBlank || $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: ":") }
        let isDash = line.peek(index) == UInt8(ascii: "-") && index + 1 < line.count && line[index + 1] == 0x20
        return isDash ? index + 2 : index
    }
}
