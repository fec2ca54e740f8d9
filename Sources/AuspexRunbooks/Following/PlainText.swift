/// Texts without characters that act upon a terminal.
package enum PlainText {
    /// The text with every control and format character, line ends included, shown as `\u{1b}`.
    package static func line(_ text: String) -> String {
        escaped(text) { "\\u{\(String($0.value, radix: 16))}" }
    }

    /// The lines of the text, each as ``line(_:)`` has it; tabs are kept.
    package static func lines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map { line(String($0)) } }
            .map { $0.joined(separator: "\t") }
    }

    /// A JSON text in which such characters, which can only stand between quotation marks, are written as `\u001b`.
    package static func json(_ text: String) -> String { escaped(text, jsonEscape) }

    /// The text with what `replace` gives in place of every character that may act upon a terminal.
    private static func escaped(_ text: String, _ replace: (Unicode.Scalar) -> String) -> String {
        guard text.unicodeScalars.contains(where: isActive) else { return text }
        var plain = ""
        for scalar in text.unicodeScalars {
            if isActive(scalar) { plain += replace(scalar) } else { plain.unicodeScalars.append(scalar) }
        }
        return plain
    }

    /// A character as it may stand between the quotation marks of a JSON text.
    private static func jsonEscape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
