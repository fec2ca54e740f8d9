/// The patterns of a snapshot: many tables share the same ones, so each is written once and referred to by number.
struct PatternTable {
    private var numbers: [Pattern: Int] = [:]
    private(set) var patterns: [Pattern] = []

    mutating func number(of pattern: Pattern) -> Int {
        if let number = numbers[pattern] { return number }
        numbers[pattern] = patterns.count
        patterns.append(pattern)
        return patterns.count - 1
    }
}

extension StateWriter {
    mutating func write(_ pattern: Pattern) {
        write(pattern.text)
        write(pattern.elements) { writer, element in
            writer.write(fixed: element.symbol)
            writer.write(Int(element.offset))
            writer.write(Int(element.length))
            writer.write(Int(element.context.rawValue))
            writer.write(Int(element.kind.rawValue))
            writer.write(element.isSpaced)
        }
    }
}

extension StateReader {
    mutating func pattern() throws(LogSnapshotError) -> Pattern {
        let text = try content()
        let elements = try list { reader throws(LogSnapshotError) in try reader.element(textBytes: text.count) }
        return Pattern(elements: elements, text: text)
    }

    private mutating func element(textBytes: Int) throws(LogSnapshotError) -> PatternElement {
        let symbol = try fixed()
        let offset = try int(in: 0...min(textBytes, Int(UInt16.max)), "an offset")
        let length = try int(in: 0...min(textBytes - offset, Int(UInt16.max)), "a length")
        guard let context = LiteralContext(rawValue: UInt8(clamping: try int())),
            let kind = TokenClass(rawValue: UInt8(clamping: try int()))
        else { throw error("an element has an unknown class") }
        guard (symbol == SymbolHash.variable) == (context == .variable) else {
            throw error("an element is half variable")
        }
        return PatternElement(
            symbol: symbol, offset: UInt16(offset), length: UInt16(length), context: context, kind: kind,
            isSpaced: try flag())
    }
}
