/// Turns the tokens of a line into its signature: variables become one symbol, neighbouring variables become one list,
/// and every literal gets the context that decides how readily it may become a variable.
enum SignatureBuilder {
    /// The bounds that keep a signature small whatever the line.
    struct Limits: Sendable {
        /// Tokens that are looked at; the rest of the line becomes one variable.
        var tokens: Int
        /// Bytes of the longest literal; a longer one is a variable.
        var literalBytes: Int
        /// Bytes of all literals together; from there on the line becomes one variable.
        var templateBytes: Int
    }

    /// Tokens beyond the last one used that the rules look ahead at.
    static let lookAhead = 3

    /// Hashes of a signature.
    struct Keys: Equatable {
        /// Of the symbols alone: that of the pattern.
        var signature: UInt64
        /// Of the symbols and of the classes that change how the template is written: that of the cache.
        var cache: UInt64
    }

    /// Fills `elements` with the signature of `tokens`.
    static func build(
        _ line: Span<UInt8>, _ tokens: inout [LogToken], limits: Limits, into elements: inout [SignatureElement]
    ) -> Keys {
        var state = State()
        let lexicon = Lexicon.standard
        for position in tokens.indices {
            let token = tokens[position]
            if position >= limits.tokens || state.textBytes > limits.templateBytes {
                appendRest(of: line, from: token, to: &elements)
                break
            }
            let isTooLong = token.kind.isConstant && token.count > limits.literalBytes
            if token.kind == .punctuation, !isTooLong {
                appendMark(line, tokens, position, &state, &elements)
                continue
            }
            if token.kind == .weakLiteral || token.kind == .identifier {
                markRunOfStems(line, &tokens, position)
            }
            let kind = isTooLong ? TokenClass.text : tokens[position].kind
            if kind.isConstant {
                appendLiteral(line, tokens, position, lexicon, &state, &elements)
            } else {
                appendVariable(token, kind, &state, &elements)
            }
        }
        return keys(of: elements)
    }

    /// What the next token needs to know of those before it.
    private struct State {
        /// The byte of the mark directly before, else 0.
        var previousMark: UInt8 = 0
        /// The traits of the literal that is the last element, else none.
        var previousTraits: WordTraits = []
        var hasLiteral = false
        var textBytes = 0
    }

    private static func keys(of elements: [SignatureElement]) -> Keys {
        var signature = SymbolHash.emptyLine
        var classes: UInt64 = 0
        for position in elements.indices {
            signature &+= SymbolHash.place(elements[position].symbol, at: position)
            if elements[position].kind.changesText {
                classes &+= SymbolHash.place(elements[position].kind, at: position)
            }
        }
        return Keys(signature: signature, cache: signature ^ classes)
    }

    /// Whether the token at `position` is the one-byte mark `byte`.
    @inline(__always)
    private static func isMark(_ byte: UInt8, _ line: Span<UInt8>, _ tokens: [LogToken], _ position: Int) -> Bool {
        guard position < tokens.count else { return false }
        let token = tokens[position]
        return token.kind == .punctuation && token.count == 1 && line[Int(token.start)] == byte
    }

    // MARK: Marks

    @inline(__always)
    private static func appendMark(
        _ line: Span<UInt8>, _ tokens: [LogToken], _ position: Int, _ state: inout State,
        _ elements: inout [SignatureElement]
    ) {
        let token = tokens[position]
        let mark = token.count == 1 ? line[Int(token.start)] : 0
        elements.append(
            SignatureElement(
                symbol: SymbolHash.word(line, token.range), start: token.start, end: token.end, context: .punctuation,
                kind: .punctuation, isSpaced: token.isSpaced, mark: mark))
        state.previousMark = mark
        state.previousTraits = []
        state.textBytes += token.count
        if isFollowedByNothing(line, tokens, position, mark) {
            elements.append(
                SignatureElement(
                    symbol: SymbolHash.variable, start: token.end, end: token.end, context: .variable, kind: .empty,
                    isSpaced: false, mark: 0))
        }
    }

    /// Whether a value is missing here: between brackets that nothing but a blank precedes, or after `name=` at the end
    /// of the line or before the next `name=`.
    @inline(__always)
    static func isFollowedByNothing(
        _ line: Span<UInt8>, _ tokens: [LogToken], _ position: Int, _ mark: UInt8
    ) -> Bool {
        let token = tokens[position]
        let next = position + 1
        switch mark {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            let close: UInt8 = mark == UInt8(ascii: "(") ? mark + 1 : mark + 2
            return token.isSpaced && isMark(close, line, tokens, next) && !tokens[next].isSpaced
        case UInt8(ascii: "="):
            guard !token.isSpaced, position > 0, isName(tokens[position - 1]) else { return false }
            guard next < tokens.count else { return true }
            return tokens[next].isSpaced && isName(tokens[next])
                && isMark(UInt8(ascii: "="), line, tokens, next + 1) && !tokens[next + 1].isSpaced
        default: return false
        }
    }

    private static func isName(_ token: LogToken) -> Bool { token.kind == .literal || token.kind == .weakLiteral }

    // MARK: Literals

    @inline(__always)
    private static func appendLiteral(
        _ line: Span<UInt8>, _ tokens: [LogToken], _ position: Int, _ lexicon: Lexicon, _ state: inout State,
        _ elements: inout [SignatureElement]
    ) {
        let token = tokens[position]
        var traits: WordTraits = []
        let symbol: UInt64
        if token.count <= Lexicon.longestWord {
            let word = line.packed(token.range)
            symbol = SymbolHash.word(packed: word, count: token.count)
            traits = lexicon(word)
            let lowerCased = word.lowerCasedWord(token.count)
            if lowerCased != word, lexicon(lowerCased).contains(.cue) { traits.insert(.cue) }
        } else {
            symbol = SymbolHash.word(line, token.range)
        }
        let context = context(line, tokens, position, traits, state, elements)
        elements.append(
            SignatureElement(
                symbol: symbol, start: token.start, end: token.end, context: context, kind: token.kind,
                isSpaced: token.isSpaced, mark: 0))
        state.hasLiteral = true
        state.previousMark = 0
        state.previousTraits = traits
        state.textBytes += token.count
    }

    /// The first context that fits, in the order in which they are tried here.
    @inline(__always)
    private static func context(
        _ line: Span<UInt8>, _ tokens: [LogToken], _ position: Int, _ traits: WordTraits, _ state: State,
        _ elements: [SignatureElement]
    ) -> LiteralContext {
        let equals = UInt8(ascii: "=")
        let mark = state.previousMark
        if mark == equals { return .value }
        if isQuote(mark), isMark(mark, line, tokens, position + 1), !tokens[position + 1].isSpaced {
            return quotedContext(line, tokens, position, elements)
        }
        if traits.contains(.unit), elements.last?.symbol == SymbolHash.variable { return .unit }
        if state.previousTraits.contains(.cue) { return .cue }
        if state.previousTraits.contains(.preposition) { return .preposition }
        if !state.hasLiteral { return .first }
        if isMark(equals, line, tokens, position + 1), !tokens[position + 1].isSpaced { return .key }
        return .word
    }

    private static func quotedContext(
        _ line: Span<UInt8>, _ tokens: [LogToken], _ position: Int, _ elements: [SignatureElement]
    ) -> LiteralContext {
        let colon = UInt8(ascii: ":")
        if isMark(colon, line, tokens, position + 2) { return .key }
        let count = elements.count
        if count >= 2, elements[count - 2].mark == UInt8(ascii: "=") { return .value }
        if count >= 4, elements[count - 2].mark == colon, isQuote(elements[count - 3].mark) { return .value }
        return .quoted
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    // MARK: Variables

    @inline(__always)
    private static func appendVariable(
        _ token: LogToken, _ kind: TokenClass, _ state: inout State, _ elements: inout [SignatureElement]
    ) {
        state.previousMark = 0
        state.previousTraits = []
        let count = elements.count
        if token.isSpaced, count >= 1, elements[count - 1].symbol == SymbolHash.variable {
            elements[count - 1].kind = .list
            elements[count - 1].end = token.end
            return
        }
        if count >= 2, elements[count - 1].mark == UInt8(ascii: ","),
            elements[count - 2].symbol == SymbolHash.variable
        {
            elements.removeLast()
            elements[count - 2].kind = .list
            elements[count - 2].end = token.end
            return
        }
        elements.append(
            SignatureElement(
                symbol: SymbolHash.variable, start: token.start, end: token.end, context: .variable, kind: kind,
                isSpaced: token.isSpaced, mark: 0))
    }

    /// One variable for everything from `token` to the end of the line.
    private static func appendRest(of line: Span<UInt8>, from token: LogToken, to elements: inout [SignatureElement]) {
        let end = Int32(truncatingIfNeeded: line.count)
        if let last = elements.indices.last, elements[last].symbol == SymbolHash.variable {
            elements[last].end = end
            elements[last].kind = .rest
        } else {
            elements.append(
                SignatureElement(
                    symbol: SymbolHash.variable, start: token.start, end: end, context: .variable, kind: .rest,
                    isSpaced: true, mark: 0))
        }
    }

    /// Makes two neighbours that differ in nothing but their digits, such as `n1 n2`, variables.
    static func markRunOfStems(_ line: Span<UInt8>, _ tokens: inout [LogToken], _ position: Int) {
        let next = position + 1
        guard next < tokens.count, tokens[next].kind == .weakLiteral, tokens[next].isSpaced,
            hasSameStem(line, tokens[position].range, tokens[next].range)
        else { return }
        tokens[position].kind = .identifier
        tokens[next].kind = .identifier
    }

    /// Whether two words are equal when every run of digits counts as one and the same.
    private static func hasSameStem(_ line: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        var (first, second) = (left.lowerBound, right.lowerBound)
        while first < left.upperBound, second < right.upperBound {
            if line[first].isDigit, line[second].isDigit {
                while first < left.upperBound, line[first].isDigit { first += 1 }
                while second < right.upperBound, line[second].isDigit { second += 1 }
            } else if line[first] == line[second] {
                first += 1
                second += 1
            } else {
                return false
            }
        }
        return first == left.upperBound && second == right.upperBound
    }
}
