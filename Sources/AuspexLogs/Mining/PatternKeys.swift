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
    var prefixes: [(length: Int, key: UInt64)] {
        var result: [(Int, UInt64)] = []
        var literals = 0
        var sum: UInt64 = 0
        for position in elements.indices {
            let element = elements[position]
            sum &+= SymbolHash.place(element.symbol, at: position)
            if element.isLiteral { literals += 1 }
            guard element.context == .punctuation, literals >= MergeThresholds.prefixLiterals, position + 1 < count,
                element.length == 1, Self.endsPrefix(text[Int(element.offset)])
            else { continue }
            result.append((position + 1, sum))
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

    /// Whether a word with a letter is left when `position` becomes variable.
    func hasOtherWord(than position: Int) -> Bool {
        elements.indices.contains {
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

    /// Whether a word has two dots or more.
    func isDotted(_ position: Int) -> Bool {
        var dots = 0
        for byte in bytes(position) where byte == UInt8(ascii: ".") { dots += 1 }
        return dots >= 2
    }
}
