/// The parts of a pattern that are one value though they may have several words.
extension Pattern {
    /// The elements of each part that is a value as a whole, in order: several words between quotes, each part between
    /// quotes in a line that has two or more, and what the C library says of an error. Linear in the elements.
    var phrases: [Range<Int>] {
        // Most patterns have no mark that a phrase could stand beside.
        let marks = phraseMarks
        let quoted = marks.quotes > 1 ? quotedParts : []
        var result = quoted.filter { (quoted.count > 1 || $0.count > 1) && elements[$0.lowerBound].isLiteral }
        guard marks.hasOthers else { return result }
        for position in elements.indices.dropFirst() where elements[position].isLiteral {
            let mark = mark(position - 1)
            guard mark == UInt8(ascii: ":") || mark == UInt8(ascii: "(") else { continue }
            let length = ErrorTexts.standard.length(in: self, at: position)
            if length > 0 { result.append(position..<position + length) }
        }
        return result.sorted { $0.lowerBound < $1.lowerBound }
    }

    private var phraseMarks: (quotes: Int, hasOthers: Bool) {
        var (quotes, hasOthers) = (0, false)
        for element in elements where element.context == .punctuation && element.length == 1 {
            switch text[Int(element.offset)] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quotes += 1
            case UInt8(ascii: ":"), UInt8(ascii: "("): hasOthers = true
            default: break
            }
        }
        return (quotes, hasOthers)
    }

    /// The elements between each pair of quotes that are all literals, or one variable, and no name of a pair.
    private var quotedParts: [Range<Int>] {
        var result: [Range<Int>] = []
        var position = 0
        while position < count {
            let open = position
            position += 1
            guard opensQuote(open) else { continue }
            var close = open + 1
            while close < count, elements[close].isLiteral { close += 1 }
            if close == open + 1, close < count, elements[close].isVariable { close += 1 }
            let part = open + 1..<close
            guard isMark(mark(open), close), !elements[close].isSpaced, let first = part.first,
                !elements[first].isSpaced, elements[first].context != .key, !isMessage(at: open)
            else { continue }
            result.append(part)
            position = close + 1
        }
        return result
    }

    /// Whether a quote stands where one begins, which an apostrophe in a word does not.
    private func opensQuote(_ position: Int) -> Bool {
        let mark = mark(position)
        guard mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") else { return false }
        return position == 0 || elements[position].isSpaced || elements[position - 1].context == .punctuation
    }

    /// Whether what is quoted is the message of a line of pairs, as in `level=info msg="cache warm"`.
    private func isMessage(at quote: Int) -> Bool {
        guard quote >= 2, isMark(UInt8(ascii: "="), quote - 1) else { return false }
        let name = bytes(quote - 2)
        return Self.messageNames.contains { $0.elementsEqual(name) }
    }

    private static let messageNames = ["msg", "message", "event"].map { Array($0.utf8) }

    /// The pattern with each of its phrases made one variable; nil if it has none.
    var withoutPhrases: Pattern? {
        let phrases = phrases
        return phrases.isEmpty ? nil : Pattern(elements: without(phrases, in: 0..<count), text: text)
    }

    /// The elements in `range`, with each of the `phrases` there made one variable.
    func without(_ phrases: [Range<Int>], in range: Range<Int>) -> [PatternElement] {
        var result: [PatternElement] = []
        var end = range.lowerBound
        for phrase in phrases where range.contains(phrase.lowerBound) {
            result += elements[end..<phrase.lowerBound]
            result.append(elements[phrase.lowerBound].variable(.text))
            end = phrase.upperBound
        }
        return result + elements[end..<range.upperBound]
    }
}
