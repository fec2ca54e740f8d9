/// Takes a log line apart into tokens in one pass over its bytes: no regular expression, no text object, no allocation
/// but the growth of the caller's array.
///
/// Delimiters are tokens of their own. Spans that contain delimiters (timestamps, URLs, addresses) are recognised where
/// a word starts; everything else between two delimiters or spaces is one word, classed by ``WordClassifier``. Cost: a
/// few nanoseconds a byte; look-ahead never goes past the current word or span.
enum LineScanner {
    /// Appends the tokens of `line` to `tokens` and stops after `limit` of them.
    static func scan(_ line: Span<UInt8>, limit: Int, into tokens: inout [LogToken]) {
        scan(line, from: 0, limit: limit, into: &tokens)
    }

    /// The same with the bytes in `masked`, which are in order and apart from each other, as variables.
    static func scan(_ line: Span<UInt8>, masked: [Range<Int>], limit: Int, into tokens: inout [LogToken]) {
        let last = tokens.count + limit
        var start = 0
        for range in masked {
            scan(line.extracting(0..<range.lowerBound), from: start, limit: last - tokens.count, into: &tokens)
            guard tokens.count < last else { return }
            let isSpaced = range.lowerBound > 0 && line[range.lowerBound - 1].isSpace
            tokens.append(LogToken(range, .text, spaced: isSpaced))
            start = range.upperBound
        }
        scan(line, from: start, limit: last - tokens.count, into: &tokens)
    }

    private static func scan(_ line: Span<UInt8>, from start: Int, limit: Int, into tokens: inout [LogToken]) {
        // The tables are looked up once a line, not once a byte.
        ByteRole.table.withUnsafeBufferPointer { roles in
            ByteTally.table.withUnsafeBufferPointer { tallies in
                scan(line, from: start, limit: limit, Tables(roles: roles, tallies: tallies), into: &tokens)
            }
        }
    }

    /// 256 entries each, so that every byte is an index.
    private struct Tables {
        let roles: UnsafeBufferPointer<UInt8>
        let tallies: UnsafeBufferPointer<UInt64>
    }

    @inline(__always)
    private static func scan(
        _ line: Span<UInt8>, from start: Int, limit: Int, _ tables: Tables, into tokens: inout [LogToken]
    ) {
        let last = tokens.count + limit
        var index = start
        var spaced = false
        while index < line.count, tokens.count < last {
            let role = tables.roles[Int(line[index])]
            if role == ByteRole.space {
                spaced = true
                index += 1
                continue
            }
            let (end, kind) = token(in: line, at: index, role: role, tables)
            tokens.append(LogToken(index..<end, kind, spaced: spaced))
            index = end
            spaced = false
        }
    }

    /// The token that starts at `start`, which is not a space; at least one byte long.
    @inline(__always)
    private static func token(
        in line: Span<UInt8>, at start: Int, role: UInt8, _ tables: Tables
    ) -> (end: Int, kind: TokenClass) {
        let startsWord = start == 0 || !line[start - 1].isWord
        if startsWord, role == ByteRole.digit || CompositeSpan.mayStart(in: line, at: start),
            let span = CompositeSpan.find(in: line, at: start)
        {
            return span
        }
        if role == ByteRole.delimiter { return (start + 1, .punctuation) }

        let (end, tally) = run(in: line, from: start, tables)
        if startsWord, line.peek(end) == UInt8(ascii: ":"),
            let span = CompositeSpan.urlOrWindowsPath(in: line, word: start..<end)
        {
            return span
        }
        if tally.hasLettersOnly, end - start <= ByteTally.longestWord {
            return (end, WordClassifier.isBoolean(line, start..<end) ? .boolean : .literal)
        }
        return word(in: line, start..<end, tally)
    }

    /// The end of the run of bytes from `start` on that neither space nor delimiter interrupts, and what is in it.
    @inline(__always)
    private static func run(
        in line: Span<UInt8>, from start: Int, _ tables: Tables
    ) -> (end: Int, tally: ByteTally) {
        var lanes: UInt64 = 0
        var end = start
        let bound = min(line.count, start + ByteTally.longestWord)
        // Below `bound`, which is no more than the line's end.
        while end < bound {
            let entry = tables.tallies[Int(line[unchecked: end])]
            if entry == ByteTally.stop { return (end, ByteTally(lanes: lanes)) }
            lanes &+= entry
            end += 1
        }
        while end < line.count, tables.tallies[Int(line[end])] != ByteTally.stop { end += 1 }
        return (end, ByteTally(lanes: lanes))
    }

    /// Classes a word that is more than letters, after cutting it at runs of dots and before a full stop.
    private static func word(
        in line: Span<UInt8>, _ run: Range<Int>, _ tally: ByteTally
    ) -> (end: Int, kind: TokenClass) {
        let start = run.lowerBound
        var end = run.upperBound
        if tally.dots > 0 || run.count > ByteTally.longestWord {
            if let dots = runOfDots(in: line, run) {
                if dots.lowerBound == start { return (dots.upperBound, .punctuation) }
                end = dots.lowerBound
            }
            if end - start > 1, line[end - 1] == UInt8(ascii: ".") { end -= 1 }
        }
        if isBareSign(line, start..<end) { return (end, .punctuation) }
        let kind =
            end == run.upperBound && run.count <= ByteTally.longestWord
            ? WordClassifier.classify(line, run, tally) : WordClassifier.classify(line, start..<end)
        if kind == .path, line.peek(end) == UInt8(ascii: "?") {
            end = line.end(from: end) { !$0.isSpace && !isQueryEnd($0) }
        }
        return (end, kind)
    }

    /// The first run of two dots or more.
    private static func runOfDots(in line: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
        let dot = UInt8(ascii: ".")
        var index = range.lowerBound
        while index + 1 < range.upperBound {
            if line[index] == dot, line[index + 1] == dot {
                var end = index + 2
                while end < range.upperBound, line[end] == dot { end += 1 }
                return index..<end
            }
            index += 1
        }
        return nil
    }

    /// Whether the word is a sign that stands alone, as in `a - b`.
    private static func isBareSign(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
        switch range.count {
        case 1:
            switch line[range.lowerBound] {
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "/"),
                UInt8(ascii: "\\"), UInt8(ascii: "&"), UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "%"),
                UInt8(ascii: "$"), UInt8(ascii: "@"):
                true
            default: false
            }
        case 2: line[range.lowerBound] == UInt8(ascii: "-") && line[range.lowerBound + 1] == UInt8(ascii: "-")
        default: false
        }
    }

    private static func isQueryEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
