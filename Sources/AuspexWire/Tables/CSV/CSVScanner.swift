/// One field of a record, as a range of bytes.
struct CSVField {
    /// The first byte of the content, behind the quote if there is one.
    var start: Int
    /// Behind the last byte of the content.
    var end: Int
    /// Whether the content stands in quotes.
    var isQuoted: Bool
    /// Whether the content has doubled quotes.
    var isEscaped: Bool

    /// Where the field begins, with its quote.
    var place: Int { isQuoted ? start - 1 : start }
}

/// Cuts bytes into records and fields after RFC 4180, with LF or CRLF as the end of a record.
struct CSVScanner {
    /// What stood at a place.
    enum Outcome {
        /// A whole record, whose fields are in ``CSVScanner/fields``; the next one begins at `next`, after `lines` lines.
        case record(next: Int, lines: Int)
        /// The bytes end before the record does.
        case incomplete
        /// A broken record, with the place of what is broken.
        case broken(TableError.Problem, at: Int)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// What separates fields.
    var delimiter = UInt8(ascii: ",")
    /// The fields of the last record; reused from record to record.
    private(set) var fields: [CSVField] = []

    /// Scans the record that begins at `start`. With `isLast`, the end of the bytes is the end of the record.
    mutating func scan(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        let count = bytes.count
        var index = start
        var lines = 1
        while true {
            if index < count, bytes[index] == Self.quote {
                let opening = index
                var isEscaped = false
                index += 1
                while true {
                    guard index < count else {
                        return isLast ? .broken(.unterminatedQuote, at: opening) : .incomplete
                    }
                    let byte = bytes[index]
                    if byte == Self.lineFeed { lines += 1 }
                    index += 1
                    guard byte == Self.quote else { continue }
                    // A quote at the very end may be the first of two.
                    guard index < count || isLast else { return .incomplete }
                    guard index < count, bytes[index] == Self.quote else { break }
                    isEscaped = true
                    index += 1
                }
                fields.append(
                    CSVField(start: opening + 1, end: index - 1, isQuoted: true, isEscaped: isEscaped))
            } else {
                let first = index
                while index < count, bytes[index] != delimiter, bytes[index] != Self.lineFeed { index += 1 }
                guard index < count || isLast else { return .incomplete }
                var end = index
                let endsRecord = index == count || bytes[index] == Self.lineFeed
                if endsRecord, end > first, bytes[end - 1] == Self.carriageReturn { end -= 1 }
                fields.append(CSVField(start: first, end: end, isQuoted: false, isEscaped: false))
            }
            // Behind a field: a delimiter, or the end of the record.
            if index == count { return .record(next: index, lines: lines) }
            let byte = bytes[index]
            if byte == delimiter {
                index += 1
                continue
            }
            if byte == Self.lineFeed { return .record(next: index + 1, lines: lines) }
            if byte == Self.carriageReturn {
                guard index + 1 < count || isLast else { return .incomplete }
                if index + 1 == count { return .record(next: count, lines: lines) }
                if bytes[index + 1] == Self.lineFeed { return .record(next: index + 2, lines: lines) }
                return .broken(.loneCarriageReturn, at: index)
            }
            return .broken(
                .textAfterQuote(text: Excerpt.quoted(bytes.extracting(rest(of: bytes, from: index)))), at: index)
        }
    }

    /// Where the last record has a carriage return outside of quotes, which is how very old programs end lines. Only the
    /// header is worth asking: in such a file it has all lines.
    func loneCarriageReturn(in bytes: Span<UInt8>) -> Int? {
        for field in fields where !field.isQuoted {
            if let place = bytes.extracting(0..<field.end).firstIndex(of: Self.carriageReturn, from: field.start) {
                return place
            }
        }
        return nil
    }

    /// The content as text, doubled quotes undone.
    static func text(_ field: CSVField, in bytes: Span<UInt8>) -> String {
        let text = bytes.extracting(field.start..<field.end).text
        return field.isEscaped ? undoubled(text) : text
    }

    private static func undoubled(_ text: String) -> String {
        var result = ""
        var skip = false
        for scalar in text.unicodeScalars {
            skip = scalar == "\"" && !skip
            if !skip { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    private func rest(of bytes: Span<UInt8>, from start: Int) -> Range<Int> {
        var end = start
        while end < bytes.count, bytes[end] != delimiter, bytes[end] != Self.lineFeed { end += 1 }
        return start..<end
    }
}
