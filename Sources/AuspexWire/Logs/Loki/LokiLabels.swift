/// Reads the labels of a stream as its protobuf form has them: `{app="shop", level="error"}`, values quoted as in Go, with
/// `"`, `'` or back quotes.
struct LokiLabels {
    private let bytes: [UInt8]
    private var position = 0

    /// Why a text is not a set of labels.
    struct Mistake: Error {
        /// What is wrong and what would be right.
        let reason: String
    }

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Reads the labels, in the order in which they stand.
    static func read(_ text: String) throws(Mistake) -> [(name: String, value: String)] {
        var reader = LokiLabels(text)
        return try reader.labels()
    }

    private mutating func labels() throws(Mistake) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        skipBlanks()
        try expect("{")
        skipBlanks()
        while peek != UInt8(ascii: "}") {
            if !pairs.isEmpty { try expect(",") }
            skipBlanks()
            // A comma may stand behind the last label.
            if peek == UInt8(ascii: "}"), !pairs.isEmpty { break }
            let name = try name()
            skipBlanks()
            try expect("=")
            skipBlanks()
            pairs.append((name, try value()))
            skipBlanks()
        }
        position += 1
        skipBlanks()
        guard position == bytes.count else { throw failure("something follows the closing brace") }
        return pairs
    }

    private mutating func name() throws(Mistake) -> String {
        let start = position
        while let byte = peek, Self.mayBeInName(byte, isFirst: position == start) { position += 1 }
        guard position > start else { throw failure("expected a label's name") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func mayBeInName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    private mutating func value() throws(Mistake) -> String {
        guard let quote = peek, [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")].contains(quote) else {
            throw failure("expected a value in quotes")
        }
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`") {
                try escape(into: &text)
            } else {
                text.append(byte)
            }
        }
        throw failure("the value does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Mistake) {
        guard let byte = peek else { throw failure("the value does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "a"): text.append(0x07)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "v"): text.append(0x0b)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): text.append(byte)
        case UInt8(ascii: "x"): text.append(UInt8(truncatingIfNeeded: try number(ofDigits: 2, base: 16)))
        case UInt8(ascii: "u"): try append(try number(ofDigits: 4, base: 16), to: &text)
        case UInt8(ascii: "U"): try append(try number(ofDigits: 8, base: 16), to: &text)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            text.append(UInt8(truncatingIfNeeded: try number(ofDigits: 3, base: 8)))
        default: throw failure("an escape that Go does not have")
        }
    }

    private func append(_ number: UInt32, to text: inout [UInt8]) throws(Mistake) {
        guard let scalar = Unicode.Scalar(number) else { throw failure("an escape that is no character") }
        text.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func number(ofDigits count: Int, base: Int) throws(Mistake) -> UInt32 {
        guard position + count <= bytes.count,
            let number = UInt32(String(decoding: bytes[position..<position + count], as: UTF8.self), radix: base)
        else { throw failure("expected \(count) digits") }
        position += count
        return number
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Mistake) {
        guard peek == UInt8(ascii: character) else { throw failure("expected '\(character)'") }
        position += 1
    }

    private func failure(_ reason: String) -> Mistake {
        Mistake(reason: "labels must look like {app=\"shop\"}; at byte \(position): \(reason)")
    }
}
