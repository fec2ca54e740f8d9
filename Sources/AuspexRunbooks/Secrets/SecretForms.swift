import Foundation

/// The ways in which programs write a secret.
enum SecretForms {
    /// Fewest bytes of a line of a secret that is looked for by itself: shorter ones, such as a bracket of a JSON file,
    /// hold no secret and are met everywhere.
    private static let shortestLine = 8
    /// Widths at which programs break base64 into lines: RFC 2045, section 6.8, and RFC 7468, section 3.
    private static let lineWidths = [76, 64]

    /// The value as it is and in base64, percent-encoded, JSON-escaped and hexadecimal, and each line of a value of
    /// several lines likewise.
    static func all(of value: String) -> Set<[UInt8]> {
        var forms = encoded(value)
        // Programs that print it add a line end, which changes the last characters.
        for text in [value, value + "\n"] { forms.formUnion(wrappedBase64(Array(text.utf8))) }
        let lines = value.split(whereSeparator: \.isNewline)
        guard lines.count > 1 else { return forms }
        for line in lines {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.utf8.count >= shortestLine { forms.formUnion(encoded(text)) }
        }
        return forms
    }

    private static func encoded(_ value: String) -> Set<[UInt8]> {
        let bytes = Array(value.utf8)
        var forms: Set<[UInt8]> = [bytes]
        for text in base64(bytes) + percentEncoded(bytes) + hexadecimal(bytes) + escaped(value) {
            forms.insert(Array(text.utf8))
        }
        return forms
    }

    // MARK: - Base64

    /// What of the base64 of a larger text depends on the value alone, wherever in the text it stands; and the same up to
    /// the end where the value ends the text.
    private static func base64(_ bytes: [UInt8]) -> [String] {
        (0..<3).flatMap { offset in
            let text = (Data(count: offset) + Data(bytes)).base64EncodedString()
            // Each character holds 6 bits: what stands before the value fills the first characters in whole or in part.
            let end = text.dropFirst(offset == 0 ? 0 : offset + 1)
            let padding = end.reversed().prefix { $0 == "=" }.count
            let bare = end.dropLast(padding)
            let inner = bare.dropLast(padding == 0 ? 0 : 1)
            return [end, bare, inner].flatMap { inBothAlphabets(String($0)) }
        }
    }

    private static func wrappedBase64(_ bytes: [UInt8]) -> [[UInt8]] {
        let text = Data(bytes).base64EncodedString()
        return lineWidths.filter { $0 < text.utf8.count }.flatMap { width in
            ["\n", "\r\n"].map { lineEnd in
                var wrapped = ""
                for (position, character) in text.enumerated() {
                    if position > 0, position.isMultiple(of: width) { wrapped += lineEnd }
                    wrapped.append(character)
                }
                return Array(wrapped.utf8)
            }
        }
    }

    private static func inBothAlphabets(_ text: String) -> [String] {
        [text, text.replacing("+", with: "-").replacing("/", with: "_")]
    }

    // MARK: - Percent

    /// What encoders leave as it is, besides letters and digits: the unreserved characters of RFC 3986 (section 2.3) by
    /// themselves and with those that it allows in hosts, segments, paths and queries; nothing; what `encodeURIComponent`
    /// and `encodeURI` leave (ECMA-262, section 19.2.6); and what HTML forms do.
    private static let plainSets = [
        "-._~", "-._~!$&'()*+,;=", "-._~!$&'()*+,;=:@", "-._~!$&'()*+,;=:@/", "-._~!$&'()*+,;=:@/?", "",
        "-_.!~*'()", "-_.!~*'();/?:@&=+$,#", "*-._",
    ]

    private static func percentEncoded(_ bytes: [UInt8]) -> [String] {
        plainSets.flatMap { plain in
            [false, true].flatMap { isUppercase in
                let text = bytes.map { byte in
                    isPlain(byte, plain)
                        ? String(UnicodeScalar(byte)) : "%" + digits(UInt16(byte), 2, isUppercase: isUppercase)
                }.joined()
                return [text, text.replacing("%20", with: "+")]
            }
        }
    }

    private static func isPlain(_ byte: UInt8, _ others: String) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || others.utf8.contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    // MARK: - Hexadecimal

    private static func hexadecimal(_ bytes: [UInt8]) -> [String] {
        [false, true].map { isUppercase in
            bytes.map { digits(UInt16($0), 2, isUppercase: isUppercase) }.joined()
        }
    }

    private static func digits(_ number: UInt16, _ count: Int, isUppercase: Bool) -> String {
        let text = String(number, radix: 16, uppercase: isUppercase)
        return String(repeating: "0", count: count - text.utf8.count) + text
    }

    // MARK: - JSON

    /// Characters that encoders for web pages escape, too.
    private static let markup: Set<Unicode.Scalar> = ["<", ">", "&", "'"]

    /// The ways in which programs write a text between the quotation marks of a JSON text: with the slash as it is or
    /// escaped, with other characters than ASCII or those of mark-up as they are or as their UTF-16 numbers.
    private static func escaped(_ value: String) -> [String] {
        let choices: [(Unicode.Scalar) -> Bool] = [
            { _ in false }, { !$0.isASCII }, { markup.contains($0) }, { !$0.isASCII || markup.contains($0) },
        ]
        return choices.flatMap { isNumber in
            [false, true].flatMap { isUppercase in
                let text = value.unicodeScalars.map { escaped($0, isNumber($0), isUppercase: isUppercase) }.joined()
                return [text, text.replacing("/", with: "\\/")]
            }
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar, _ isNumber: Bool, isUppercase: Bool) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{8}": return "\\b"
        case "\u{c}": return "\\f"
        default:
            guard isNumber || scalar.value < 0x20 else { return String(scalar) }
            return String(scalar).utf16.map { "\\u" + digits($0, 4, isUppercase: isUppercase) }.joined()
        }
    }
}
