/// A string in JSON text, as a range of bytes without its quotes.
struct JSONString {
    /// The content's bytes.
    var range: Range<Int>
    /// Whether it has escapes, so that its bytes are not its text.
    var isEscaped: Bool
}

/// A value in JSON text.
enum JSONToken {
    /// A string.
    case string(JSONString)
    /// A number, `true`, `false`, `null`, or the `NaN` that some writers produce: whatever ends at `,`, `}` or `]`.
    case scalar(Range<Int>)
    /// An object or an array, as a whole.
    case nested(Range<Int>)

    /// The value's bytes, those of a string without its quotes.
    var range: Range<Int> {
        switch self {
        case .string(let string): string.range
        case .scalar(let range), .nested(let range): range
        }
    }
}

/// What keeps a line from being a JSON object.
struct JSONLineError: Error {
    /// What is wrong.
    var reason: String
    /// The byte where it is wrong.
    var place: Int
}

/// Walks over the members of one JSON object, left to right, without building anything.
struct JSONLine {
    /// Values nested deeper than this are refused, so that no input can exhaust the stack.
    private static let depthLimit = 64

    private var index: Int
    private var isFirst = true

    /// Enters the object that begins at or after `start`.
    init(_ bytes: Span<UInt8>, from start: Int) throws(JSONLineError) {
        index = start
        skipBlanks(bytes)
        try expect("{", bytes)
    }

    /// The next member, or nil behind the closing brace, with nothing but blanks after it.
    mutating func next(_ bytes: Span<UInt8>) throws(JSONLineError) -> (name: JSONString, value: JSONToken)? {
        skipBlanks(bytes)
        if isFirst ? peek(bytes) == UInt8(ascii: "}") : peek(bytes) != UInt8(ascii: ",") {
            guard peek(bytes) == UInt8(ascii: "}") else { throw failure("expected \",\" or \"}\"") }
            index += 1
            skipBlanks(bytes)
            guard index == bytes.count else { throw failure("something follows the object") }
            return nil
        }
        if !isFirst {
            index += 1
            skipBlanks(bytes)
        }
        isFirst = false
        guard peek(bytes) == UInt8(ascii: "\"") else { throw failure("expected a member's name in quotes") }
        let name = try string(bytes)
        skipBlanks(bytes)
        try expect(":", bytes)
        skipBlanks(bytes)
        return (name, try value(bytes))
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(JSONLineError) -> JSONToken {
        switch peek(bytes) {
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .nested(try nested(bytes))
        default:
            let start = index
            while let byte = peek(bytes), !Self.endsScalar(byte) { index += 1 }
            guard index > start else { throw failure("expected a value") }
            return .scalar(start..<index)
        }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ":")
    }

    /// The string at the opening quote.
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONLineError) -> JSONString {
        let opening = index
        var isEscaped = false
        index += 1
        while let byte = peek(bytes) {
            if byte == UInt8(ascii: "\"") {
                index += 1
                return JSONString(range: opening + 1..<index - 1, isEscaped: isEscaped)
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                index += 1
            } else if byte < 0x20 {
                throw failure("a control character inside a string")
            }
            index += 1
        }
        throw JSONLineError(reason: "the string does not end", place: opening)
    }

    /// Passes over an object or an array; only its brackets and strings are looked at.
    private mutating func nested(_ bytes: Span<UInt8>) throws(JSONLineError) -> Range<Int> {
        let opening = index
        var depth = 0
        while let byte = peek(bytes) {
            switch byte {
            case UInt8(ascii: "\""): _ = try string(bytes)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= Self.depthLimit else { throw failure("nested more than \(Self.depthLimit) deep") }
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
                if depth == 0 { return opening..<index }
            default: index += 1
            }
        }
        throw JSONLineError(reason: "the value does not end", place: opening)
    }

    private func peek(_ bytes: Span<UInt8>) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while let byte = peek(bytes), byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a { index += 1 }
    }

    private mutating func expect(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) throws(JSONLineError) {
        guard peek(bytes) == UInt8(ascii: character) else { throw failure("expected \"\(character)\"") }
        index += 1
    }

    private func failure(_ reason: String) -> JSONLineError { JSONLineError(reason: reason, place: index) }
}
