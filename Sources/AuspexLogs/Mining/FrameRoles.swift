/// Decides for each element of a pattern whether it belongs to the pattern's frame.
struct FrameRoles {
    enum Role: UInt8 {
        /// Part of the frame.
        case fixed
        /// A value, or a mark between values.
        case value
        /// A part in brackets that holds nothing but values, such as `(1.5 KB)`: it may be missing.
        case aside
    }

    private let pattern: Pattern
    /// What the elements are by themselves, and what they are together.
    private let alone: [Role]
    private(set) var roles: [Role]

    init(_ pattern: Pattern) {
        self.pattern = pattern
        var alone: [Role] = []
        alone.reserveCapacity(pattern.count)
        var pairs = 0
        for position in pattern.elements.indices {
            alone.append(Self.isValue(pattern, position) ? .value : .fixed)
            if Self.isValueOfPair(pattern, position) { pairs += 1 }
        }
        if pairs >= MergeThresholds.pairs {
            for position in pattern.elements.indices where Self.isValueOfPair(pattern, position) {
                alone[position] = .value
            }
        }
        for phrase in pattern.phrases {
            for position in phrase { alone[position] = .value }
        }
        self.alone = alone
        roles = alone
        markJoints()
        markAsides()
    }

    /// Takes the element at `position` for a value, and no other that was not one before.
    mutating func open(_ position: Int) {
        for index in alone.indices { roles[index] = alone[index] }
        roles[position] = .value
        markJoints()
        markAsides()
    }

    /// Whether the element is a word of the frame that may be taken for a value.
    func isWord(_ position: Int) -> Bool {
        alone[position] == .fixed && pattern.elements[position].isLiteral
            && pattern.elements[position].context != .key
    }

    /// The hash of the frame; nil when no value, or no word, is in it.
    var key: UInt64? {
        var sum = SymbolHash.emptyLine
        var place = 0
        var words = 0
        var (isFilled, hasGap) = (false, false)
        for position in roles.indices {
            guard roles[position] == .fixed else {
                if roles[position] == .value { isFilled = true }
                hasGap = true
                continue
            }
            if isFilled {
                sum &+= SymbolHash.place(SymbolHash.hole, at: place)
                place += 1
                isFilled = false
            }
            sum &+= SymbolHash.place(pattern.elements[position].symbol, at: place)
            place += 1
            if pattern.elements[position].isLiteral, pattern.elements[position].length > 1 { words += 1 }
        }
        if isFilled { sum &+= SymbolHash.place(SymbolHash.hole, at: place) }
        return words > 0 && hasGap ? sum : nil
    }

    // MARK: One element

    private static func isValue(_ pattern: Pattern, _ position: Int) -> Bool {
        let element = pattern.elements[position]
        switch element.context {
        case .punctuation, .key, .first: return false
        case .variable: return element.kind != .optional
        case .value, .cue, .unit: return true
        case .preposition where isBetweenPrepositions(pattern, position): return true
        case .word, .preposition, .quoted: return OddWord.isOdd(pattern.bytes(position))
        }
    }

    /// Whether the word after a preposition is followed by another one with a variable, as `root` in
    /// `password for root from 10.0.0.1`.
    private static func isBetweenPrepositions(_ pattern: Pattern, _ position: Int) -> Bool {
        guard position + 2 < pattern.count, pattern.elements[position + 2].isVariable,
            pattern.elements[position + 1].isLiteral
        else { return false }
        return Lexicon.standard.contains(.preposition, pattern.bytes(position + 1))
    }

    /// Whether the element stands for the value in `name: value`, before another pair, a mark that ends the pair, or
    /// the end of the line.
    private static func isValueOfPair(_ pattern: Pattern, _ position: Int) -> Bool {
        guard position >= 2, pattern.elements[position].context != .punctuation,
            pattern.isMark(UInt8(ascii: ":"), position - 1), !pattern.elements[position - 1].isSpaced,
            pattern.elements[position - 2].isLiteral
        else { return false }
        let next = position + 1
        guard next < pattern.count else { return true }
        if pattern.elements[next].isLiteral { return pattern.isMark(UInt8(ascii: ":"), next + 1) }
        switch pattern.mark(next) {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): return true
        default: return false
        }
    }

    // MARK: Several

    /// A comma between two values belongs to their list, and a colon without blanks to a value in two parts.
    private mutating func markJoints() {
        guard roles.count > 2 else { return }
        for position in 1..<roles.count - 1 where roles[position - 1] == .value && roles[position + 1] == .value {
            let mark = pattern.mark(position)
            if mark == UInt8(ascii: ",") || mark == UInt8(ascii: ":") && isTight(position) { roles[position] = .value }
        }
    }

    private func isTight(_ position: Int) -> Bool {
        !pattern.elements[position].isSpaced && !pattern.elements[position + 1].isSpaced
    }

    private mutating func markAsides() {
        var position = 0
        while position < roles.count {
            if pattern.elements[position].kind == .optional { roles[position] = .aside }
            let open = pattern.elements[position].isSpaced ? pattern.mark(position) : 0
            guard open == UInt8(ascii: "(") || open == UInt8(ascii: "[") else {
                position += 1
                continue
            }
            var close = position + 1
            while close < roles.count, roles[close] == .value { close += 1 }
            guard close > position + 1, pattern.isMark(open == UInt8(ascii: "(") ? open + 1 : open + 2, close) else {
                position += 1
                continue
            }
            for index in position...close { roles[index] = .aside }
            position = close + 1
        }
    }
}

extension Pattern {
    /// The byte of the one-byte mark at a position, else 0; 0 also beyond the end.
    func mark(_ position: Int) -> UInt8 {
        guard position < count else { return 0 }
        let element = elements[position]
        return element.context == .punctuation && element.length == 1 ? text[Int(element.offset)] : 0
    }

    func isMark(_ mark: UInt8, _ position: Int) -> Bool { self.mark(position) == mark }
}
