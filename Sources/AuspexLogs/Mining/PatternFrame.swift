/// What remains of a pattern when everything that stands where values stand is left out: variables, words after `=` and
/// the like, words that nobody would write by hand (``OddWord``), and what such parts have between them.
///
/// Two patterns with the same frame say the same with other values, however many of them differ and however long their
/// lists are; they are merged as soon as both are there. Building a frame is linear in the elements.
struct PatternFrame {
    /// The hash of the fixed elements in order, and of where a value is between two of them.
    let key: UInt64
    /// The elements before each fixed element, and those after the last; many are empty.
    private(set) var gaps: [Range<Int>] = []
    /// Whether a gap always has a value; one without holds at most parts in brackets, which may be missing.
    private(set) var isFilled: [Bool] = []

    /// The frame of `pattern`; nil when no value, or no word, is in it.
    init?(_ pattern: Pattern) {
        let roles = FrameRoles(pattern)
        guard let key = roles.key else { return nil }
        self.init(roles, key: key)
    }

    init(_ roles: FrameRoles, key: UInt64) {
        self.key = key
        var start = 0
        let end = roles.roles.count
        for position in 0...end where position == end || roles.roles[position] == .fixed {
            gaps.append(start..<position)
            isFilled.append(roles.roles[start..<position].contains(.value))
            start = position + 1
        }
    }
}

extension Pattern {
    /// The narrowest pattern that stands for both this one and `other`, whose frames are equal.
    func joined(_ frame: PatternFrame, with other: Pattern, _ otherFrame: PatternFrame) -> Pattern? {
        guard frame.gaps.count == otherFrame.gaps.count else { return nil }
        var result: [PatternElement] = []
        result.reserveCapacity(count)
        let (phrases, otherPhrases) = (phrases, other.phrases)
        for (number, gap) in frame.gaps.enumerated() {
            let otherGap = otherFrame.gaps[number]
            if elements[gap].map(\.symbol) == other.elements[otherGap].map(\.symbol) {
                result += elements[gap]
            } else {
                Self.appendJoined(
                    without(phrases, in: gap), other.without(otherPhrases, in: otherGap),
                    isFilled: frame.isFilled[number], to: &result)
            }
            if gap.upperBound < count { result.append(elements[gap.upperBound]) }
        }
        return Pattern(elements: Self.collapsed(result, text), text: text)
    }

    /// Element by element where both gaps have the same form, else one variable for all.
    private static func appendJoined(
        _ gap: [PatternElement], _ otherGap: [PatternElement], isFilled: Bool, to result: inout [PatternElement]
    ) {
        let hasSameForm =
            gap.count == otherGap.count
            && zip(gap, otherGap).allSatisfy { left, right in
                (left.context == .punctuation) == (right.context == .punctuation)
                    && (left.context != .punctuation || left.symbol == right.symbol)
            }
        if hasSameForm {
            for (left, right) in zip(gap, otherGap) {
                result.append(left.symbol == right.symbol ? left : left.variable(.text))
            }
        } else if let first = gap.first {
            result.append(first.variable(isFilled ? .list : .optional))
        } else if let first = otherGap.first {
            result.append(first.variable(.optional))
        }
    }
}

extension PatternElement {
    /// A variable in the element's place.
    func variable(_ kind: TokenClass) -> PatternElement {
        PatternElement(
            symbol: SymbolHash.variable, offset: 0, length: 0, context: .variable, kind: kind, isSpaced: isSpaced)
    }
}
