/// Recognises the variables that contain delimiters: timestamps, times of day, MAC and IPv6 addresses, URLs and
/// Windows paths. Each is tried only where a word starts.
enum CompositeSpan {
    /// Whether a word that does not start with a digit could be a span of ``find(in:at:)``: a month or a weekday, a
    /// hexadecimal group with its colon, or `::`.
    @inline(__always)
    static func mayStart(in line: Span<UInt8>, at start: Int) -> Bool {
        let byte = line[start]
        if byte == UInt8(ascii: ":") { return line.peek(start + 1) == UInt8(ascii: ":") }
        guard byte.isASCIILetter else { return false }
        if byte.isUpperCase {
            let fourth = line.peek(start + 3)
            if fourth.isSpace || fourth == UInt8(ascii: ",") { return true }
        }
        guard byte.isHexDigit else { return false }
        for index in start + 1...start + 4 {
            let byte = line.peek(index)
            if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") { return true }
            if !byte.isHexDigit { return false }
        }
        return false
    }

    /// The span that starts at `start`, if there is one.
    static func find(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        guard !line[start].isDigit || mayBeComposite(line, start) else { return nil }
        return timestamp(in: line, at: start)
            ?? mac(in: line, at: start)
            ?? ip6(in: line, at: start)
            ?? timeOfDay(in: line, at: start)
    }

    /// Whether the digits at `start` end, soon enough, before a mark that such a span goes on with.
    @inline(__always)
    private static func mayBeComposite(_ line: Span<UInt8>, _ start: Int) -> Bool {
        var end = start + 1
        while end < start + 5, line.peek(end).isHexDigit { end += 1 }
        switch line.peek(end) {
        case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"): return true
        case UInt8(ascii: "."): return end == start + 4
        default: return false
        }
    }

    /// `scheme://…` or `X:\…`, given the word before the colon.
    static func urlOrWindowsPath(in line: Span<UInt8>, word: Range<Int>) -> (end: Int, kind: TokenClass)? {
        guard line[word.lowerBound].isASCIILetter else { return nil }
        let colon = word.upperBound
        if line.peek(colon + 1) == UInt8(ascii: "/"), line.peek(colon + 2) == UInt8(ascii: "/") {
            for index in word where !isSchemeByte(line[index]) { return nil }
            let end = line.end(from: colon + 3) { !$0.isSpace && !isURLEnd($0) }
            return end > colon + 3 ? (end, .url) : nil
        }
        if word.count == 1, line.peek(colon + 1) == UInt8(ascii: "\\") {
            return (line.end(from: colon + 2) { !$0.isSpace && !isWindowsPathEnd($0) }, .windowsPath)
        }
        return nil
    }

    // MARK: Times

    /// The possible ends of `h:mm[:ss[.fraction]]`, shortest first; what follows may rule one out.
    struct ClockEnds {
        var minutes: Int
        var seconds: Int?
        var fraction: Int?
    }

    /// Reads a time of day: one or two digits, a colon, two digits, and maybe seconds with a fraction.
    static func clock(in line: Span<UInt8>, at start: Int) -> ClockEnds? {
        let colon = line.peek(start + 1) == UInt8(ascii: ":") ? start + 1 : start + 2
        guard line.peek(start).isDigit, colon == start + 1 || line.peek(start + 1).isDigit,
            line.peek(colon) == UInt8(ascii: ":"), line.hasDigits(2, at: colon + 1)
        else { return nil }
        var ends = ClockEnds(minutes: colon + 3)
        guard line.peek(ends.minutes) == UInt8(ascii: ":"), line.hasDigits(2, at: ends.minutes + 1) else {
            return ends
        }
        let seconds = ends.minutes + 3
        ends.seconds = seconds
        let mark = line.peek(seconds)
        if mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","), line.peek(seconds + 1).isDigit {
            ends.fraction = line.endOfDigits(from: seconds + 1)
        }
        return ends
    }

    /// The first end, longest clock first, at which `tail` accepts what follows.
    @inline(__always)
    private static func firstEnd(
        of clock: ClockEnds, _ tail: (Int) -> Int?
    ) -> (end: Int, hasSeconds: Bool)? {
        if let end = clock.fraction.flatMap(tail) { return (end, true) }
        if let end = clock.seconds.flatMap(tail) { return (end, true) }
        return tail(clock.minutes).map { ($0, false) }
    }

    /// Whether a span may end at `index`: no word byte and no colon follows.
    @inline(__always) private static func mayEnd(in line: Span<UInt8>, at index: Int) -> Bool {
        let next = line.peek(index)
        return !next.isWord && next != UInt8(ascii: ":")
    }

    /// The end of `Z` or `[ ]±hh[:]mm` at `index`; nil when there is none.
    static func zone(in line: Span<UInt8>, at index: Int) -> Int? {
        if line.peek(index) == UInt8(ascii: "Z") { return index + 1 }
        var sign = index
        if line.peek(sign) == UInt8(ascii: " ") { sign += 1 }
        guard line.peek(sign) == UInt8(ascii: "+") || line.peek(sign) == UInt8(ascii: "-"),
            line.hasDigits(2, at: sign + 1)
        else { return nil }
        let minutes = line.peek(sign + 3) == UInt8(ascii: ":") ? sign + 4 : sign + 3
        return line.hasDigits(2, at: minutes) ? minutes + 2 : nil
    }

    /// `index` after a zone if one follows and the span may end there, else `index` itself if it may end there.
    @inline(__always)
    private static func endAfterZone(in line: Span<UInt8>, at index: Int) -> Int? {
        if let end = zone(in: line, at: index), mayEnd(in: line, at: end) { return end }
        return mayEnd(in: line, at: index) ? index : nil
    }

    private static func timeOfDay(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        guard let clock = clock(in: line, at: start),
            let (end, hasSeconds) = firstEnd(of: clock, { endAfterZone(in: line, at: $0) })
        else { return nil }
        return (end, hasSeconds ? .time : .clock)
    }

    private static func timestamp(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        line[start].isDigit ? numericTimestamp(in: line, at: start) : namedTimestamp(in: line, at: start)
    }

    /// `yyyy-mm-ddThh:mm[:ss][zone]` (also with `/` or `.` and a blank) or `d/Mon/yyyy:hh:mm[:ss][ ±zzzz]`.
    private static func numericTimestamp(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        if let end = date(in: line, at: start) {
            let mark = line.peek(end)
            guard mark == UInt8(ascii: "T") || mark == UInt8(ascii: " "), let clock = clock(in: line, at: end + 1)
            else { return nil }
            return firstEnd(of: clock) { endAfterZone(in: line, at: $0) }.map { ($0.end, kind($0.hasSeconds)) }
        }
        let slash = line.peek(start + 1).isDigit ? start + 2 : start + 1
        guard line.peek(slash) == UInt8(ascii: "/"), month(in: line, at: slash + 1) != nil,
            line.peek(slash + 4) == UInt8(ascii: "/"), line.hasDigits(4, at: slash + 5),
            line.peek(slash + 9) == UInt8(ascii: ":"), let clock = clock(in: line, at: slash + 10)
        else { return nil }
        let end = clock.fraction ?? clock.seconds ?? clock.minutes
        let sign = line.peek(end + 1)
        let hasZone =
            line.peek(end) == UInt8(ascii: " ") && (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"))
            && line.hasDigits(4, at: end + 2)
        return (hasZone ? end + 6 : end, kind(clock.seconds != nil))
    }

    /// `[Ddd[,] ]Mon d [yyyy ]hh:mm[:ss][ ZZZ][ yyyy]`.
    private static func namedTimestamp(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        guard let clockStart = clockAfterNamedDate(in: line, at: start), let clock = clock(in: line, at: clockStart)
        else { return nil }
        return firstEnd(of: clock) { endAfterZoneNameAndYear(in: line, at: $0) }
            .map { ($0.end, kind($0.hasSeconds)) }
    }

    /// Where the time of day starts behind `[Ddd[,] ]Mon d [yyyy ]`.
    static func clockAfterNamedDate(in line: Span<UInt8>, at start: Int) -> Int? {
        var index = start
        if isWeekday(in: line, at: index) {
            index += line.peek(index + 3) == UInt8(ascii: ",") ? 4 : 3
            guard line.peek(index) == UInt8(ascii: " ") else { return nil }
            index += 1
        }
        guard month(in: line, at: index) != nil, line.peek(index + 3) == UInt8(ascii: " ") else { return nil }
        index = line.end(from: index + 3) { $0 == UInt8(ascii: " ") }
        let day = line.endOfDigits(from: index)
        guard (1...2).contains(day - index), line.peek(day) == UInt8(ascii: " ") else { return nil }
        index = day + 1
        if line.hasDigits(4, at: index), line.peek(index + 4) == UInt8(ascii: " ") { index += 5 }
        return index
    }

    private static func endAfterZoneNameAndYear(in line: Span<UInt8>, at index: Int) -> Int? {
        for length in [4, 3, 0] {
            var end = index
            if length > 0 {
                guard line.peek(end) == UInt8(ascii: " "), line.all(length, from: end + 1, { $0.isUpperCase }) else {
                    continue
                }
                end += 1 + length
            }
            if line.peek(end) == UInt8(ascii: " "), line.hasDigits(4, at: end + 1),
                mayEnd(in: line, at: end + 5)
            {
                return end + 5
            }
            if mayEnd(in: line, at: end) { return end }
        }
        return nil
    }

    private static func kind(_ hasSeconds: Bool) -> TokenClass { hasSeconds ? .timestamp : .clock }

    /// The end of `yyyy-mm-dd`, with `-`, `/` or `.` between.
    static func date(in line: Span<UInt8>, at start: Int) -> Int? {
        guard line.hasDigits(4, at: start), isDateMark(line.peek(start + 4)),
            line.hasDigits(2, at: start + 5), isDateMark(line.peek(start + 7)),
            line.hasDigits(2, at: start + 8)
        else { return nil }
        return start + 10
    }

    static func isDateMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
    }

    /// The month, 1 to 12, whose English three-letter name stands at `start`.
    static func month(in line: Span<UInt8>, at start: Int) -> Int? {
        guard start + 3 <= line.count else { return nil }
        return names(line, start, "JanFebMarAprMayJunJulAugSepOctNovDec", 12).map { $0 + 1 }
    }

    static func isWeekday(in line: Span<UInt8>, at start: Int) -> Bool {
        start + 3 <= line.count && names(line, start, "MonTueWedThuFriSatSun", 7) != nil
    }

    private static func names(_ line: Span<UInt8>, _ start: Int, _ all: StaticString, _ count: Int) -> Int? {
        let name = all.utf8Start
        for number in 0..<count {
            let first = number * 3
            if line[start] == name[first], line[start + 1] == name[first + 1], line[start + 2] == name[first + 2] {
                return number
            }
        }
        return nil
    }

    // MARK: Addresses

    /// The most pairs that are looked at: a fingerprint by SHA-256.
    private static let mostPairs = 32

    /// Six or more pairs of hexadecimal digits with `:` or `-` between: hardware addresses, and fingerprints of keys.
    ///
    /// A pair between two others was looked at with them already, from the word where they begin, and ended in the same
    /// place: so a line of nothing but pairs is walked over once.
    private static func mac(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        guard !followsPair(line, start) else { return nil }
        var index = start
        var pairs = 0
        while line.all(2, from: index, { $0.isHexDigit }) {
            pairs += 1
            guard pairs <= mostPairs else { return nil }
            index += 2
            guard isPairMark(line.peek(index)) else { break }
            index += 1
        }
        guard pairs >= 6, line.peek(index - 1).isHexDigit, mayEnd(in: line, at: index),
            line.peek(index) != UInt8(ascii: "-")
        else { return nil }
        return (index, .mac)
    }

    /// Whether a word of two hexadecimal digits stands between two colons right before `start`.
    private static func followsPair(_ line: Span<UInt8>, _ start: Int) -> Bool {
        let colon = UInt8(ascii: ":")
        return start >= 4 && line[start - 1] == colon && line[start - 2].isHexDigit && line[start - 3].isHexDigit
            && line[start - 4] == colon
    }

    private static func isPairMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") }

    /// Eight groups of up to four hexadecimal digits, or fewer with one `::`.
    private static func ip6(in line: Span<UInt8>, at start: Int) -> (end: Int, kind: TokenClass)? {
        let colon = UInt8(ascii: ":")
        var index = start
        var groups = 0
        var groupsBeforeGap = -1
        while index < line.count {
            let end = line.end(from: index) { $0.isHexDigit }
            guard end - index <= 4 else { return nil }
            if end > index { groups += 1 }
            // Six before a gap and six behind it are the most.
            guard groups <= 12 else { return nil }
            index = end
            guard line.peek(index) == colon else { break }
            index += 1
            if line.peek(index) == colon {
                guard groupsBeforeGap < 0 else { return nil }
                groupsBeforeGap = groups
                index += 1
            } else if !line.peek(index).isHexDigit {
                // A colon at the very end belongs to the address only in the short form, as in `fe80::1:`.
                if groupsBeforeGap < 0 { return nil }
                break
            }
        }
        guard mayEnd(in: line, at: index) else { return nil }
        let isWhole =
            groupsBeforeGap < 0
            ? groups == 8 : groupsBeforeGap <= 6 && (1...6).contains(groups - groupsBeforeGap)
        return isWhole ? (index, .ip6) : nil
    }

    // MARK: Bytes

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isASCIILetter || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }

    private static func isURLEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"):
            true
        default: false
        }
    }

    private static func isWindowsPathEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
