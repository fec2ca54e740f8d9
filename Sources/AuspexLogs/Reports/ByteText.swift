/// Writing text as bytes: what CSV and JSON need around it.
extension [UInt8] {
    mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends a CSV field (RFC 4180): in quotes where it must be.
    mutating func appendField(_ text: String) {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        guard needsQuotes || text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return append(text) }
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { append(byte) }
            append(byte)
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends a JSON string. Inside a quoted CSV field (`isInField`) each quotation mark is written twice.
    mutating func appendJSON(_ text: String, isInField: Bool = false) {
        appendQuote(isInField)
        for byte in text.utf8 { appendEscaped(byte, isInField) }
        appendQuote(isInField)
    }

    /// Appends the bytes in `range` as a JSON string; broken UTF-8 becomes U+FFFD.
    mutating func appendJSON(_ line: Span<UInt8>, _ range: Range<Int>, isInField: Bool) {
        for index in range where line[index] >= 0x80 {
            appendJSON(line.text(range), isInField: isInField)
            return
        }
        appendQuote(isInField)
        for index in range { appendEscaped(line[index], isInField) }
        appendQuote(isInField)
    }

    private mutating func appendQuote(_ isInField: Bool) {
        append(UInt8(ascii: "\""))
        if isInField { append(UInt8(ascii: "\"")) }
    }

    private mutating func appendEscaped(_ byte: UInt8, _ isInField: Bool) {
        switch byte {
        case UInt8(ascii: "\""):
            append(UInt8(ascii: "\\"))
            appendQuote(isInField)
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        case 0..<0x20, 0x7f:
            append("\\u00")
            append(Self.hexDigit(byte >> 4))
            append(Self.hexDigit(byte & 15))
        default: append(byte)
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

extension String {
    /// The text with control characters, among them those that steer a terminal, replaced by U+FFFD.
    var printable: String { replacingControls(but: []) }

    /// The same for a field of CSV, in which tabs and line feeds may stand.
    var printableField: String { replacingControls(but: ["\t", "\n"]) }

    private func replacingControls(but kept: [Unicode.Scalar]) -> String {
        let isReplaced = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control && !kept.contains(scalar)
        }
        guard unicodeScalars.contains(where: isReplaced) else { return self }
        var result = ""
        for scalar in unicodeScalars { result.unicodeScalars.append(isReplaced(scalar) ? "\u{fffd}" : scalar) }
        return result
    }
}

extension Double {
    /// The number with at most four digits after the point.
    var fourPlaces: String { "\((self * 10_000).rounded() / 10_000)" }
}
