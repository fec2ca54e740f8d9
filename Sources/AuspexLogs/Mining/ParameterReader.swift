/// Finds the parts of a line that its template's variables stand for.
enum ParameterReader {
    /// Appends one range for each `<*>` in the text of `pattern`; nothing if `pattern` doesn't match the line.
    static func read(
        _ line: Span<UInt8>, _ elements: [SignatureElement], _ pattern: Pattern, into parameters: inout [Range<Int>]
    ) {
        guard let starts = align(pattern.elements, elements) else { return }
        for position in pattern.elements.indices where pattern.elements[position].isVariable {
            let kind = pattern.elements[position].kind
            guard kind != .empty else { continue }
            let next = position + 1 < starts.count ? starts[position + 1] : elements.count
            let range = range(of: starts[position]..<next, elements)
            if kind.showsClock {
                appendParts(of: range, line, to: &parameters)
            } else {
                parameters.append(range)
            }
        }
    }

    /// The bytes of some elements; for none, the empty range behind the element before them.
    private static func range(of part: Range<Int>, _ elements: [SignatureElement]) -> Range<Int> {
        guard let first = part.first else {
            let end = part.lowerBound > 0 ? Int(elements[part.lowerBound - 1].end) : 0
            return end..<end
        }
        return Int(elements[first].start)..<Int(elements[part.upperBound - 1].end)
    }

    /// The three parts of a time around its first two colons, as `<*>:<*>:<*>` shows them.
    private static func appendParts(of range: Range<Int>, _ line: Span<UInt8>, to parameters: inout [Range<Int>]) {
        var start = range.lowerBound
        for _ in 0..<2 {
            let colon = (start..<range.upperBound).first { line.peek($0) == UInt8(ascii: ":") }
            parameters.append(start..<(colon ?? range.upperBound))
            start = colon.map { $0 + 1 } ?? range.upperBound
        }
        parameters.append(start..<range.upperBound)
    }

    /// For each element of the pattern, where its part of the line starts; nil if they don't match. A variable stands
    /// for one element or more, an optional one also for none, and takes as few as it can; on a mismatch the last variable takes one more. Linear for
    /// lines of one variable, at most the product of the lengths.
    static func align(_ pattern: [PatternElement], _ line: [SignatureElement]) -> [Int]? {
        var starts = Array(repeating: 0, count: pattern.count)
        var (position, index) = (0, 0)
        var (lastVariable, resume) = (-1, 0)
        while index < line.count {
            if position < pattern.count, pattern[position].isVariable {
                starts[position] = index
                lastVariable = position
                if pattern[position].kind != .optional { index += 1 }
                resume = index
                position += 1
            } else if position < pattern.count, pattern[position].symbol == line[index].symbol {
                starts[position] = index
                position += 1
                index += 1
            } else {
                guard lastVariable >= 0 else { return nil }
                resume += 1
                index = resume
                position = lastVariable + 1
                if index > line.count { return nil }
            }
        }
        while position < pattern.count, pattern[position].kind == .optional {
            starts[position] = index
            position += 1
        }
        return position == pattern.count ? starts : nil
    }
}
