/// The hashes under which the merge stage finds patterns that are like a given one.
extension Pattern {
    /// The positions that may become variable, with the hash of the pattern with a hole there. One addition each.
    func holes(key: UInt64) -> [(position: Int, key: UInt64)] {
        var result: [(Int, UInt64)] = []
        result.reserveCapacity(min(count, MergeThresholds.positions))
        for position in elements.indices where elements[position].context != .punctuation {
            if result.count == MergeThresholds.positions { break }
            let rest = key &- SymbolHash.place(elements[position].symbol, at: position)
            result.append((position, rest &+ SymbolHash.place(SymbolHash.hole, at: position)))
        }
        return result
    }

    /// The hash of the punctuation and its places.
    var shapeKey: UInt64 {
        var sum: UInt64 = 0
        for position in elements.indices {
            let element = elements[position]
            let symbol = element.context == .punctuation ? element.symbol : SymbolHash.anyWord
            sum &+= SymbolHash.place(symbol, at: position)
        }
        return sum
    }

    /// The groups that the pattern belongs to: one anchored at its first literal, one at its last. None for a pattern
    /// with too few literals to lose two.
    var groupKeys: [(anchor: Int, key: UInt64)] {
        let literals = literals
        guard literals.count >= MergeThresholds.minimumAnchors + 2, let first = literals.first,
            let last = literals.last
        else { return [] }
        var skeleton: UInt64 = 0
        for position in elements.indices {
            let element = elements[position]
            skeleton &+= SymbolHash.place(element.isLiteral ? SymbolHash.anyLiteral : element.symbol, at: position)
        }
        return [first, last].map { anchor in
            // The anchor's own symbol is counted a second time, a place further than any line is long.
            (anchor, skeleton &+ SymbolHash.place(elements[anchor].symbol, at: Self.anchorPlace + anchor))
        }
    }

    private static let anchorPlace = 1 << 20

    /// The beginnings after which the rest may be free text: those that end in `:`, `=`, `"` or `|` after two literals.
    /// One has an ending if it is a sentence with a colon and a blank and nothing but words follows.
    var prefixes: [(length: Int, key: UInt64, hasEnding: Bool)] {
        var result: [(Int, UInt64, Bool)] = []
        var literals = 0
        var sum: UInt64 = 0
        for position in elements.indices {
            let element = elements[position]
            sum &+= SymbolHash.place(element.symbol, at: position)
            if element.isLiteral { literals += 1 }
            guard element.context == .punctuation, literals >= MergeThresholds.prefixLiterals, position + 1 < count,
                element.length == 1, Self.endsPrefix(text[Int(element.offset)])
            else { continue }
            let hasEnding =
                literals >= MergeThresholds.sentence && text[Int(element.offset)] == UInt8(ascii: ":")
                && elements[position + 1].isSpaced && elements[(position + 1)...].allSatisfy(\.isLiteral)
            result.append((position + 1, sum, hasEnding))
            if result.count == MergeThresholds.prefixesPerLine { break }
        }
        return result
    }

    private static func endsPrefix(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "\"")
            || byte == UInt8(ascii: "|")
    }

    /// The hash of the few elements that follow the first `length`.
    func continuation(after length: Int) -> UInt64 {
        var sum: UInt64 = 0
        for position in length..<min(count, length + MergeThresholds.prefixLookAhead) {
            sum &+= SymbolHash.place(elements[position].symbol, at: position)
        }
        return sum
    }

    /// How many words with a letter are left when `position` becomes variable.
    func otherWords(than position: Int) -> Int {
        elements.indices.count {
            $0 != position && !elements[$0].isVariable && (bytes($0).first?.isLetter ?? false)
        }
    }

    /// The hash of a word with every run of digits made equal.
    func stem(_ position: Int) -> UInt64 {
        var stem: [UInt8] = []
        for byte in bytes(position) {
            if !byte.isDigit {
                stem.append(byte)
            } else if stem.last != UInt8(ascii: "0") {
                stem.append(UInt8(ascii: "0"))
            }
        }
        return SymbolHash.word(stem.span, 0..<stem.count)
    }

    /// Whether a word is written as names are and words of a sentence are not: of several parts, as `sshd.service` and
    /// `free_list`, with a number at its end, as `eth0`, or in capitals.
    func isName(_ position: Int) -> Bool {
        let word = bytes(position)
        guard word.count >= MergeThresholds.nameBytes, let first = word.first, let last = word.last, first.isLetter,
            last.isLetter || last.isDigit
        else { return false }
        return elements[position].kind == .weakLiteral || word.allSatisfy(\.isUpperCase)
            || word.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// Whether a word stands alone between brackets that nothing but a blank precedes.
    func isBracketed(_ position: Int) -> Bool {
        guard position > 0, elements[position - 1].isSpaced else { return false }
        return isMark(UInt8(ascii: "("), position - 1) && isMark(UInt8(ascii: ")"), position + 1)
            || isMark(UInt8(ascii: "["), position - 1) && isMark(UInt8(ascii: "]"), position + 1)
    }
}
