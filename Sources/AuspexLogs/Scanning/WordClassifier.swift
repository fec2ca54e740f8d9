/// Decides what a word is: a run of bytes without space or delimiter. The first kind that fits, in the order of
/// ``classify(_:_:)``, wins.
enum WordClassifier {
    /// Whether the word is a truth value or the absence of one.
    @inline(__always) static func isBoolean(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        (3...5).contains(word.count) && Lexicon.standard(line.packed(word)).contains(.boolean)
    }

    /// The class of a word that is not made of letters alone.
    static func classify(_ line: Span<UInt8>, _ word: Range<Int>) -> TokenClass {
        classify(line, word, ByteTally(line, word))
    }

    /// The same for a word whose bytes are counted already.
    static func classify(_ line: Span<UInt8>, _ word: Range<Int>, _ counts: ByteTally) -> TokenClass {
        if counts.digits > 0, let kind = numeric(line, word, counts) { return kind }
        if counts.ats == 1, isEmail(line, word) { return .email }
        if isPath(line, word, counts) { return .path }
        if isHost(line, word, counts) { return .host }
        guard counts.digits > 0 else { return .literal }
        if line[word.lowerBound].isLetter, line.peek(word.upperBound) == UInt8(ascii: "(") { return .weakLiteral }
        return isWeak(line, word) ? .weakLiteral : .identifier
    }

    // MARK: With digits

    private static func numeric(_ line: Span<UInt8>, _ word: Range<Int>, _ counts: ByteTally) -> TokenClass? {
        let first = line[word.lowerBound]
        let startsLikeNumber =
            first.isDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: ".")
            || first == UInt8(ascii: "/")
        if startsLikeNumber {
            if isNumber(line, word) { return .number }
            if counts.dots == 3, isIP(line, word) { return .ip }
            if isPrefixedHex(line, word) { return .hex }
            if isDuration(line, word) { return .duration }
            if isSize(line, word) { return .size }
        }
        if word.count == 36, counts.dashes == 4, isUUID(line, word) { return .uuid }
        if first.isDigit, isDate(line, word) { return .date }
        if word.count >= 6, isHex(line, word, counts) { return .hex }
        return nil
    }

    private static func isHex(_ line: Span<UInt8>, _ word: Range<Int>, _ counts: ByteTally) -> Bool {
        guard word.count > ByteTally.longestWord else { return counts.digits + counts.hexLetters == word.count }
        return end(of: line, word.lowerBound, word) { $0.isHexDigit } == word.upperBound
    }

    private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }

    /// `[±]digits[.digits][e[±]digits]`; the digits may miss on one side of the dot.
    private static func isNumber(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        var index = word.lowerBound
        if isSign(line[index]) { index += 1 }
        let whole = end(of: line, index, word, while: { $0.isDigit })
        var digits = whole - index
        index = whole
        if index < word.upperBound, line[index] == UInt8(ascii: ".") {
            let fraction = end(of: line, index + 1, word, while: { $0.isDigit })
            digits += fraction - index - 1
            index = fraction
        }
        guard digits > 0 else { return false }
        if index < word.upperBound, line[index].lowerCased == UInt8(ascii: "e") {
            index += 1
            if index < word.upperBound, isSign(line[index]) { index += 1 }
            let exponent = end(of: line, index, word, while: { $0.isDigit })
            guard exponent > index else { return false }
            index = exponent
        }
        return index == word.upperBound
    }

    /// `[/]a.b.c.d[/nn]` with one to three digits each.
    private static func isIP(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        var index = word.lowerBound
        if line[index] == UInt8(ascii: "/") { index += 1 }
        for part in 0..<4 {
            let end = end(of: line, index, word, while: { $0.isDigit })
            guard (1...3).contains(end - index) else { return false }
            index = end
            if part < 3 {
                guard index < word.upperBound, line[index] == UInt8(ascii: ".") else { return false }
                index += 1
            }
        }
        guard index < word.upperBound else { return true }
        let end = end(of: line, index + 1, word, while: { $0.isDigit })
        return line[index] == UInt8(ascii: "/") && (1...2).contains(end - index - 1) && end == word.upperBound
    }

    private static func isPrefixedHex(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        let start = isSign(line[word.lowerBound]) ? word.lowerBound + 1 : word.lowerBound
        guard start + 2 < word.upperBound, line[start] == UInt8(ascii: "0"),
            line[start + 1].lowerCased == UInt8(ascii: "x")
        else { return false }
        return end(of: line, start + 2, word, while: { $0.isHexDigit }) == word.upperBound
    }

    /// The end of `digits[.digits]` at `start`; nil without a digit.
    private static func decimal(_ line: Span<UInt8>, _ start: Int, _ word: Range<Int>) -> Int? {
        let whole = end(of: line, start, word, while: { $0.isDigit })
        guard whole > start else { return nil }
        guard whole + 1 < word.upperBound, line[whole] == UInt8(ascii: "."), line[whole + 1].isDigit else {
            return whole
        }
        return end(of: line, whole + 1, word, while: { $0.isDigit })
    }

    /// A number with a unit of time, or several in a row as in `2m3s`.
    private static func isDuration(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        let signed = isSign(line[word.lowerBound]) ? word.lowerBound + 1 : word.lowerBound
        guard let number = decimal(line, signed, word), number < word.upperBound else { return false }
        if isTimeUnit(line, number..<word.upperBound) { return true }
        guard signed == word.lowerBound else { return false }
        var index = word.lowerBound
        while index < word.upperBound {
            guard let number = decimal(line, index, word), number < word.upperBound else { return false }
            switch line[number] {
            case UInt8(ascii: "m"):
                let isMilli = number + 1 < word.upperBound && line[number + 1] == UInt8(ascii: "s")
                index = isMilli ? number + 2 : number + 1
            case UInt8(ascii: "h"), UInt8(ascii: "s"): index = number + 1
            default: return false
            }
        }
        return true
    }

    private static func isTimeUnit(_ line: Span<UInt8>, _ unit: Range<Int>) -> Bool {
        switch unit.count {
        case 1:
            switch line[unit.lowerBound] {
            case UInt8(ascii: "s"), UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "d"): true
            default: false
            }
        case 2:
            line.has("ns", at: unit.lowerBound) || line.has("us", at: unit.lowerBound)
                || line.has("ms", at: unit.lowerBound) || line.has("hr", at: unit.lowerBound)
        case 3:
            line.has("sec", at: unit.lowerBound) || line.has("min", at: unit.lowerBound)
                || line.has("day", at: unit.lowerBound) || line.has("µs", at: unit.lowerBound)
        case 4: line.has("secs", at: unit.lowerBound) || line.has("days", at: unit.lowerBound)
        default: false
        }
    }

    /// A number with a unit of bytes or bits, maybe a second (`5MB/s`), or a percentage.
    private static func isSize(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        let signed = isSign(line[word.lowerBound]) ? word.lowerBound + 1 : word.lowerBound
        guard let number = decimal(line, signed, word), number < word.upperBound else { return false }
        var index = number
        switch line[index] {
        case UInt8(ascii: "B"), UInt8(ascii: "b"), UInt8(ascii: "%"): return index + 1 == word.upperBound
        case UInt8(ascii: "k"), UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "G"), UInt8(ascii: "T"),
            UInt8(ascii: "P"):
            index += 1
        default: return false
        }
        if index < word.upperBound, line[index] == UInt8(ascii: "i") { index += 1 }
        if index < word.upperBound, line[index].lowerCased == UInt8(ascii: "b") { index += 1 }
        if index + 2 == word.upperBound, line.has("/s", at: index) || line.has("ps", at: index) { index += 2 }
        return index == word.upperBound
    }

    private static func isUUID(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        for (position, index) in word.enumerated() {
            switch position {
            case 8, 13, 18, 23: if line[index] != UInt8(ascii: "-") { return false }
            default: if !line[index].isHexDigit { return false }
            }
        }
        return true
    }

    /// `yyyy-mm-dd`, `dd/mm/yyyy` or `dd/mm/yy`, with `-`, `/` or `.` between.
    private static func isDate(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        let start = word.lowerBound
        if word.count == 10, CompositeSpan.date(in: line, at: start) != nil { return true }
        guard (8...10).contains(word.count), line.hasDigits(2, at: start),
            CompositeSpan.isDateMark(line[start + 2]), line.hasDigits(2, at: start + 3),
            CompositeSpan.isDateMark(line[start + 5])
        else { return false }
        return line.hasDigits(word.count - 6, at: start + 6)
    }

    /// Exactly one run of one or two digits, directly after a letter: the number may be part of a name.
    private static func isWeak(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        guard let first = word.first(where: { line[$0].isDigit }), first > word.lowerBound,
            line[first - 1].isASCIILetter
        else { return false }
        let runEnd = end(of: line, first, word, while: { $0.isDigit })
        return runEnd - first <= 2 && !(runEnd..<word.upperBound).contains { line[$0].isDigit }
    }

    // MARK: With or without digits

    /// `name@label.label`: word bytes, `.`, `+` and `-` before the sign, at least two labels behind it.
    private static func isEmail(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
        let at = end(of: line, word.lowerBound, word) {
            $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
        guard at > word.lowerBound, at < word.upperBound, line[at] == UInt8(ascii: "@") else { return false }
        var index = at + 1
        var labels = 0
        while true {
            let label = end(of: line, index, word) { $0.isWord || $0 == UInt8(ascii: "-") }
            guard label > index else { return false }
            labels += 1
            if label == word.upperBound { return labels >= 2 }
            guard line[label] == UInt8(ascii: ".") else { return false }
            index = label + 1
        }
    }

    private static func isPath(_ line: Span<UInt8>, _ word: Range<Int>, _ counts: ByteTally) -> Bool {
        if counts.backslashes >= 2 { return true }
        guard counts.slashes > 0 else { return false }
        let start = word.lowerBound
        return (line[start] == UInt8(ascii: "/") && word.count > 1) || line.has("./", at: start)
            || line.has("~/", at: start) || counts.slashes >= 2 || counts.digits > 0
    }

    /// A dotted name that ends in a known domain, or that a port follows.
    private static func isHost(_ line: Span<UInt8>, _ word: Range<Int>, _ counts: ByteTally) -> Bool {
        guard counts.dots > 0, !counts.hasForeign else { return false }
        let next = line.peek(word.upperBound)
        if next == UInt8(ascii: ":"), line.peek(word.upperBound + 1).isDigit, line[word.lowerBound].isLetter {
            return true
        }
        guard next != UInt8(ascii: "("), line[word.lowerBound] != UInt8(ascii: ".") else { return false }
        var label = word.upperBound
        while label > word.lowerBound, line[label - 1] != UInt8(ascii: ".") { label -= 1 }
        let length = word.upperBound - label
        if length == 11 { return line.has("localdomain", at: label) }
        return (1...Lexicon.longestWord).contains(length)
            && Lexicon.standard(line.packed(label..<word.upperBound).lowerCasedWord(length)).contains(.domain)
    }

    @inline(__always)
    private static func end(
        of line: Span<UInt8>, _ start: Int, _ word: Range<Int>, while test: (UInt8) -> Bool
    ) -> Int {
        var index = start
        while index < word.upperBound, test(line[index]) { index += 1 }
        return index
    }
}
