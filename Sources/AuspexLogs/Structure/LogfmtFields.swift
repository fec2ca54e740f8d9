/// Takes a line of `name=value` pairs apart, values with blanks in double quotes, as many Go programs write them.
enum LogfmtFields {
    /// Pairs that a line must have.
    private static let fewest = 3

    /// Fills `fields` with the pairs; false when the line does not begin with one, has fewer than three, or has more
    /// other words than two in five.
    static func read(_ line: Span<UInt8>, into fields: inout [LineField]) -> Bool {
        fields.removeAll(keepingCapacity: true)
        guard let first = pair(line, line.end(from: 0) { $0.isSpace }) else { return false }
        fields.append(first.field)
        var index = first.end
        var others = 0
        while true {
            index = line.end(from: index) { $0.isSpace }
            guard index < line.count else { break }
            if let next = pair(line, index) {
                if fields.count < LineField.most { fields.append(next.field) }
                index = next.end
            } else {
                others += 1
                index = line.end(from: index) { !$0.isSpace }
            }
        }
        return fields.count >= fewest && 3 * others <= 2 * fields.count
    }

    /// The pair that starts at `start`, and where it ends.
    private static func pair(_ line: Span<UInt8>, _ start: Int) -> (field: LineField, end: Int)? {
        guard line.peek(start).isLetter || line.peek(start) == UInt8(ascii: "_") else { return nil }
        let name = line.end(from: start) {
            $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/")
        }
        guard line.peek(name) == UInt8(ascii: "=") else { return nil }
        var end = name + 1
        guard line.peek(end) == UInt8(ascii: "\"") else {
            end = line.end(from: end) { !$0.isSpace }
            return (LineField(name: start..<name, value: name + 1..<end, isText: true), end)
        }
        var index = end + 1
        while index < line.count, line[index] != UInt8(ascii: "\"") {
            index += line[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < line.count else { return nil }
        return (LineField(name: start..<name, value: end + 1..<index, isText: true), index + 1)
    }
}
