/// Decides for each element of a pattern whether it belongs to the pattern's frame.
struct FrameRoles {
    enum Role {
        /// Part of the frame.
        case fixed
        /// A value, or a mark between values.
        case value
        /// A part in brackets that holds nothing but values, such as `(1.5 KB)`: it may be missing.
        case aside
    }

    private let pattern: Pattern
    private(set) var roles: [Role]

    /// The roles in `pattern`; the element at `open`, if one is given, is taken for a value.
    init(_ pattern: Pattern, open: Int?) {
        self.pattern = pattern
        roles = Array(repeating: .fixed, count: pattern.count)
        for position in pattern.elements.indices where isValue(position) { roles[position] = .value }
        let pairs = pattern.elements.indices.filter(isValueOfPair)
        if pairs.count >= MergeThresholds.pairs {
            for position in pairs { roles[position] = .value }
        }
        if let open { roles[open] = .value }
        markJoints()
        markAsides()
    }

    private func isValue(_ position: Int) -> Bool {
        let element = pattern.elements[position]
        switch element.context {
        case .punctuation, .key, .first: return false
        case .variable: return element.kind != .optional
        case .value, .cue, .unit: return true
        case .preposition where isBetweenPrepositions(position): return true
        case .word, .preposition, .quoted: return OddWord.isOdd(pattern.bytes(position))
        }
    }

    /// Whether the word after a preposition is followed by another one with a variable, as `root` in
    /// `password for root from 10.0.0.1`.
    private func isBetweenPrepositions(_ position: Int) -> Bool {
        guard position + 2 < pattern.count, pattern.elements[position + 2].isVariable,
            pattern.elements[position + 1].isLiteral
        else { return false }
        return Lexicon.standard.contains(.preposition, pattern.bytes(position + 1))
    }

    /// Whether the element stands for the value in `name: value`, before another pair, a mark that ends the pair, or
    /// the end of the line.
    private func isValueOfPair(_ position: Int) -> Bool {
        guard position >= 2, pattern.elements[position].context != .punctuation, isMark(":", position - 1),
            !pattern.elements[position - 1].isSpaced, pattern.elements[position - 2].isLiteral
        else { return false }
        let next = position + 1
        guard next < pattern.count else { return true }
        if pattern.elements[next].isLiteral { return isMark(":", next + 1) }
        return isMark(",", next) || isMark(";", next) || isMark(")", next) || isMark("]", next) || isMark("}", next)
    }

    private func isMark(_ mark: Unicode.Scalar, _ position: Int) -> Bool {
        guard position < pattern.count else { return false }
        let element = pattern.elements[position]
        return element.context == .punctuation && element.length == 1
            && pattern.text[Int(element.offset)] == UInt8(ascii: mark)
    }

    /// A comma between two values belongs to their list, and a colon without blanks to a value in two parts.
    private mutating func markJoints() {
        for position in roles.indices.dropFirst().dropLast()
        where isMark(",", position) || isMark(":", position) && isTight(position) {
            if roles[position - 1] == .value, roles[position + 1] == .value { roles[position] = .value }
        }
    }

    private func isTight(_ position: Int) -> Bool {
        !pattern.elements[position].isSpaced && !pattern.elements[position + 1].isSpaced
    }

    private mutating func markAsides() {
        var position = 0
        while position < roles.count {
            guard isMark("(", position) || isMark("[", position), pattern.elements[position].isSpaced else {
                if pattern.elements[position].kind == .optional { roles[position] = .aside }
                position += 1
                continue
            }
            let inside = roles[(position + 1)...].prefix { $0 == .value }
            let close = inside.endIndex
            guard !inside.isEmpty, isMark(isMark("(", position) ? ")" : "]", close) else {
                position += 1
                continue
            }
            for index in position...close { roles[index] = .aside }
            position = close + 1
        }
    }
}
