extension SignatureBuilder {
    /// The hashes of the signature of `tokens`, without building it: all that a line of a kind seen before needs.
    ///
    /// Equal to what ``build(_:_:limits:into:)`` gives; the tests hold them against each other. Runs of words with one
    /// stem are marked in the tokens, as it marks them.
    static func keys(_ line: Span<UInt8>, _ tokens: inout [LogToken], limits: Limits) -> Keys {
        var sum = KeySum()
        var textBytes = 0
        let count = tokens.count
        var position = 0
        while position < count {
            if position >= limits.tokens || textBytes > limits.templateBytes {
                sum.appendRest()
                break
            }
            var token = tokens[position]
            let isTooLong = token.kind.isConstant && token.count > limits.literalBytes
            if token.kind == .weakLiteral || token.kind == .identifier {
                markRunOfStems(line, &tokens, position)
                token = tokens[position]
            }
            if isTooLong {
                sum.appendVariable(.text, isSpaced: token.isSpaced)
            } else if token.kind == .punctuation {
                let mark = token.count == 1 ? line[Int(token.start)] : 0
                sum.appendConstant(SymbolHash.word(line, token.range), mark: mark)
                textBytes += token.count
                if isFollowedByNothing(line, tokens, position, mark) { sum.appendEmpty() }
            } else if token.kind.isConstant {
                sum.appendConstant(SymbolHash.word(line, token.range), mark: 0)
                textBytes += token.count
            } else {
                sum.appendVariable(token.kind, isSpaced: token.isSpaced)
            }
            position += 1
        }
        return sum.keys
    }

    /// The sums over a signature's elements, with as much of its end as the rules of joining variables look at.
    private struct KeySum {
        private var signature = SymbolHash.emptyLine
        private var classes: UInt64 = 0
        private var count = 0
        // The last element and the one before it: whether it is a variable, and what its class has added.
        private var isVariable = false
        private var classOfLast: UInt64 = 0
        private var wasVariable = false
        private var classBefore: UInt64 = 0
        // What the last element is if it is a mark, and what it has added.
        private var mark: UInt8 = 0
        private var symbolOfLast: UInt64 = 0

        var keys: Keys { Keys(signature: signature, cache: signature ^ classes) }

        @inline(__always) mutating func appendConstant(_ symbol: UInt64, mark: UInt8) {
            append(symbol, isVariable: false, classes: 0)
            self.mark = mark
        }

        @inline(__always) mutating func appendVariable(_ kind: TokenClass, isSpaced: Bool) {
            if isSpaced, isVariable {
                dropClass()
            } else if mark == UInt8(ascii: ","), wasVariable {
                // The comma and this variable go into the one before.
                signature &-= symbolOfLast
                count -= 1
                (isVariable, classOfLast, mark) = (true, classBefore, 0)
                dropClass()
            } else {
                appendElement(kind)
            }
        }

        @inline(__always) mutating func appendEmpty() { appendElement(.empty) }

        mutating func appendRest() {
            if isVariable { dropClass() } else { appendElement(.rest) }
        }

        @inline(__always) private mutating func appendElement(_ kind: TokenClass) {
            append(
                SymbolHash.variable, isVariable: true, classes: kind.changesText ? SymbolHash.place(kind, at: count) : 0
            )
            mark = 0
        }

        /// A variable that has become a list, or the rest of the line, has no class that changes the text.
        @inline(__always) private mutating func dropClass() {
            classes &-= classOfLast
            classOfLast = 0
        }

        @inline(__always) private mutating func append(_ symbol: UInt64, isVariable: Bool, classes added: UInt64) {
            symbolOfLast = SymbolHash.place(symbol, at: count)
            signature &+= symbolOfLast
            classes &+= added
            count += 1
            (wasVariable, classBefore) = (self.isVariable, classOfLast)
            (self.isVariable, classOfLast) = (isVariable, added)
        }
    }
}
