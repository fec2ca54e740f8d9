/// Where a literal stands, which decides how readily its values are taken for a variable.
enum LiteralContext: UInt8, Sendable, CaseIterable {
    case punctuation
    case variable
    /// The first literal of the line.
    case first
    case word
    /// After a preposition.
    case preposition
    /// After a word that announces a name.
    case cue
    /// After `=`, or a string value in JSON.
    case value
    /// Alone between quotes.
    case quoted
    /// A unit after a number.
    case unit
    /// A name directly before `=`, or a name in JSON.
    case key
}

/// One element of a line's signature: a literal, a mark, or a variable that may span several tokens.
struct SignatureElement: Sendable {
    var symbol: UInt64
    /// The element's bytes in the line.
    var start: Int32
    var end: Int32
    var context: LiteralContext
    var kind: TokenClass
    var isSpaced: Bool
    /// The byte of a one-byte mark, else 0.
    var mark: UInt8
}

/// One element of a pattern; its text, unless it is a variable, lies in the pattern.
struct PatternElement: Hashable, Sendable {
    var symbol: UInt64
    var offset: UInt16
    var length: UInt16
    var context: LiteralContext
    var kind: TokenClass
    var isSpaced: Bool

    var isVariable: Bool { symbol == SymbolHash.variable }
    var isLiteral: Bool { context != .punctuation && context != .variable }
}

/// The constant and variable parts of a line, in order: what a template is made of.
struct Pattern: Hashable, Sendable {
    var elements: [PatternElement]
    /// The literals' and marks' bytes; shared by all patterns that were derived from the same line.
    var text: [UInt8]

    /// The pattern of one line as it was scanned.
    init(_ elements: [SignatureElement], of line: Span<UInt8>) {
        text = []
        self.elements = []
        self.elements.reserveCapacity(elements.count)
        for element in elements {
            var result = PatternElement(
                symbol: element.symbol, offset: 0, length: 0, context: element.context, kind: element.kind,
                isSpaced: element.isSpaced)
            if element.symbol != SymbolHash.variable {
                let range = Int(element.start)..<Int(element.end)
                result.offset = UInt16(truncatingIfNeeded: text.count)
                result.length = UInt16(truncatingIfNeeded: range.count)
                for index in range { text.append(line[index]) }
            }
            self.elements.append(result)
        }
    }

    init(elements: [PatternElement], text: [UInt8]) {
        self.elements = elements
        self.text = text
    }

    var count: Int { elements.count }

    /// The hash of the symbols in order: equal for equal patterns whatever the classes of their variables.
    var key: UInt64 {
        var sum = SymbolHash.emptyLine
        for position in elements.indices { sum &+= SymbolHash.place(elements[position].symbol, at: position) }
        return sum
    }

    /// The bytes of a literal or mark.
    func bytes(_ position: Int) -> ArraySlice<UInt8> {
        let start = Int(elements[position].offset)
        return text[start..<start + Int(elements[position].length)]
    }

    /// An estimate of the memory that the pattern keeps alive, in bytes.
    var weight: Int { 64 + elements.count * MemoryLayout<PatternElement>.stride + text.count }

    /// The positions of the literals.
    var literals: [Int] { elements.indices.filter { elements[$0].isLiteral } }

    /// Whether both have the same symbols.
    func isSame(as other: Pattern) -> Bool {
        count == other.count && elements.indices.allSatisfy { elements[$0].symbol == other.elements[$0].symbol }
    }

    /// Whether `other` has as many elements and equals this pattern wherever this one is not variable.
    func subsumes(_ other: Pattern) -> Bool {
        guard count == other.count else { return false }
        for position in elements.indices {
            let symbol = elements[position].symbol
            if symbol != SymbolHash.variable, symbol != other.elements[position].symbol { return false }
        }
        return true
    }

    /// The pattern with `positions` made variable, and variables that are now side by side or between commas made one.
    func generalised(at positions: some Sequence<Int>) -> Pattern {
        var result = elements
        for position in positions {
            result[position] = result[position].variable(.text)
        }
        return Pattern(elements: Self.collapsed(result, text), text: text)
    }

    static func collapsed(_ elements: [PatternElement], _ text: [UInt8]) -> [PatternElement] {
        var result: [PatternElement] = []
        result.reserveCapacity(elements.count)
        for element in elements {
            if element.isVariable, let last = result.last {
                if last.isVariable {
                    result[result.count - 1].kind = .list
                    continue
                }
                if result.count >= 2, last.length == 1, text[Int(last.offset)] == UInt8(ascii: ","),
                    result[result.count - 2].isVariable
                {
                    result.removeLast()
                    result[result.count - 1].kind = .list
                    continue
                }
            }
            result.append(element)
        }
        return result
    }

    /// The first `position` elements and one variable for the rest.
    func cut(at position: Int) -> Pattern {
        var result = Array(elements[..<position])
        result.append(
            PatternElement(
                symbol: SymbolHash.variable, offset: 0, length: 0, context: .variable, kind: .rest, isSpaced: true))
        return Pattern(elements: result, text: text)
    }

    /// The template as people read it: literals as written, one blank where there was white space, `<*>` for a
    /// variable.
    var description: String {
        var bytes: [UInt8] = []
        for position in elements.indices {
            let element = elements[position]
            if element.isSpaced, !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            if !element.isVariable {
                bytes += self.bytes(position)
            } else if element.kind.showsClock {
                bytes += "<*>:<*>:<*>".utf8
            } else if element.kind != .empty {
                bytes += "<*>".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
