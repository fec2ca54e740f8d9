extension Pattern {
    /// Whether a word, a colon and one element stand here, before another word or the end.
    private func isPair(_ position: Int) -> Bool {
        guard position >= 2, elements[position].context != .punctuation else { return false }
        guard isMark(position - 1, UInt8(ascii: ":")), !elements[position - 1].isSpaced, elements[position - 2].isLiteral
        else { return false }
        guard position + 1 < count else { return true }
        if elements[position + 1].context == .punctuation { return isMark(position + 1, UInt8(ascii: ",")) || isMark(position + 1, UInt8(ascii: ";")) || isMark(position + 1, UInt8(ascii: "}"))  || isMark(position + 1, UInt8(ascii: "]"))  || isMark(position + 1, UInt8(ascii: ")")) }
        return elements[position + 1].isLiteral && position + 2 < count && isMark(position + 2, UInt8(ascii: ":"))
    }

    private func isMark(_ position: Int, _ byte: UInt8) -> Bool {
        elements[position].length == 1 && elements[position].context == .punctuation
            && text[Int(elements[position].offset)] == byte
    }

    var pairs: Set<Int> {
        let result = Set(elements.indices.filter(isPair))
        return result.count >= 2 ? result : []
    }

    func isSuspect(_ position: Int) -> Bool {
        let element = elements[position]
        if element.isVariable { return true }
        switch element.context {
        case .punctuation, .key, .first: return false
        case .value, .cue, .unit: return true
        case .preposition where position + 2 < count && elements[position + 2].isVariable && elements[position + 1].isLiteral
            && elements[position + 1].length <= 8 && Lexicon.standard(text.span.packed(Int(elements[position + 1].offset)..<Int(elements[position + 1].offset) + Int(elements[position + 1].length))).contains(.preposition): return true
        default: return OddWord.isOdd(bytes(position))
        }
    }

    private func isComma(_ position: Int) -> Bool {
        elements[position].length == 1 && elements[position].context == .punctuation
            && text[Int(elements[position].offset)] == UInt8(ascii: ",")
    }

    /// The runs of elements that may vary, and the hash of everything else.
    func loose() -> (key: UInt64, runs: [Range<Int>])? {
        var runs: [Range<Int>] = []
        var words = 0
        var sum: UInt64 = SymbolHash.emptyLine
        var place = 0
        let pairs = pairs
        func isSuspect(_ position: Int) -> Bool { pairs.contains(position) || self.isSuspect(position) }
        var position = 0
        while position < count {
            if isSuspect(position) {
                var end = position + 1
                while end < count {
                    if isSuspect(end), elements[end].isSpaced { end += 1 }
                    else if isComma(end), end + 1 < count, isSuspect(end + 1) { end += 2 }
                    else { break }
                }
                runs.append(position..<end)
                sum &+= SymbolHash.place(SymbolHash.hole, at: place)
                position = end
            } else {
                if elements[position].context != .punctuation, bytes(position).count >= 2 { words += 1 }
                sum &+= SymbolHash.place(elements[position].symbol, at: place)
                position += 1
            }
            place += 1
        }
        return words > 0 && !runs.isEmpty ? (sum, runs) : nil
    }

    /// The narrowest pattern that stands for both, which have the same loose key.
    func joined(with other: Pattern, _ mine: [Range<Int>], _ theirs: [Range<Int>]) -> Pattern? {
        guard mine.count == theirs.count else { return nil }
        var result: [PatternElement] = []
        var position = 0
        for (left, right) in zip(mine, theirs) {
            result += elements[position..<left.lowerBound]
            position = left.upperBound
            if left.count == right.count,
                zip(left, right).allSatisfy({ (elements[$0].context == .punctuation) == (other.elements[$1].context == .punctuation) })
            {
                for (a, b) in zip(left, right) {
                    var element = elements[a]
                    if element.symbol != other.elements[b].symbol {
                        element.symbol = SymbolHash.variable
                        element.context = .variable
                        element.kind = .text
                        element.length = 0
                    }
                    result.append(element)
                }
            } else {
                var element = elements[left.lowerBound]
                element.symbol = SymbolHash.variable
                element.context = .variable
                element.kind = .list
                element.length = 0
                result.append(element)
            }
        }
        result += elements[position...]
        return Pattern(elements: Self.collapsed(result, text), text: text)
    }
}
