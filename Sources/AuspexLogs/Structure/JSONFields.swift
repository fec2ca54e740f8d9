/// Takes a line that is one JSON object apart into its members, without building values: a walk over the bytes that
/// remembers where names and values stand. Members of members are not looked into.
enum JSONFields {
    /// The deepest nesting that is walked through.
    private static let deepest = 64

    /// Fills `fields` with the members; false when the line is not one whole JSON object.
    static func read(_ line: Span<UInt8>, into fields: inout [LineField]) -> Bool {
        fields.removeAll(keepingCapacity: true)
        var index = skipSpaces(line, 0)
        guard line.peek(index) == UInt8(ascii: "{") else { return false }
        index = skipSpaces(line, index + 1)
        if line.peek(index) == UInt8(ascii: "}") { return isEnd(line, index + 1) }
        while true {
            guard let nameEnd = string(line, index) else { return false }
            let name = index + 1..<nameEnd - 1
            index = skipSpaces(line, nameEnd)
            guard line.peek(index) == UInt8(ascii: ":") else { return false }
            index = skipSpaces(line, index + 1)
            guard index < line.count, let end = value(line, index) else { return false }
            let isText = line[index] == UInt8(ascii: "\"")
            if fields.count < LineField.most {
                fields.append(
                    LineField(name: name, value: isText ? index + 1..<end - 1 : index..<end, isText: isText))
            }
            index = skipSpaces(line, end)
            switch line.peek(index) {
            case UInt8(ascii: ","): index = skipSpaces(line, index + 1)
            case UInt8(ascii: "}"): return isEnd(line, index + 1)
            default: return false
            }
        }
    }

    private static func isEnd(_ line: Span<UInt8>, _ index: Int) -> Bool { skipSpaces(line, index) == line.count }

    private static func skipSpaces(_ line: Span<UInt8>, _ start: Int) -> Int { line.end(from: start) { $0.isSpace } }

    /// The end of the string that starts at `start`, behind its closing quote.
    private static func string(_ line: Span<UInt8>, _ start: Int) -> Int? {
        guard start < line.count, line[start] == UInt8(ascii: "\"") else { return nil }
        var index = start + 1
        while index < line.count {
            switch line[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    /// The end of the value that starts at `start`.
    private static func value(_ line: Span<UInt8>, _ start: Int) -> Int? {
        switch line[start] {
        case UInt8(ascii: "\""): return string(line, start)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nested(line, start)
        default:
            let end = line.end(from: start) {
                $0.isAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".")
            }
            return end > start ? end : nil
        }
    }

    /// The end of an object or array: where as many brackets have closed as have opened.
    private static func nested(_ line: Span<UInt8>, _ start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < line.count {
            switch line[index] {
            case UInt8(ascii: "\""):
                guard let end = string(line, index) else { return nil }
                index = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > deepest { return nil }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }
}
