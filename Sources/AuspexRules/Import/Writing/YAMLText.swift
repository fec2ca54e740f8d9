/// Writes texts so that YAML reads them back as they are.
enum YAMLText {
    /// Plain words that some readers take for something else than text.
    private static let special: Set<String> = [
        "false", "inf", "n", "nan", "no", "null", "off", "on", "true", "y", "yes",
    ]

    /// A scalar on one line: plain where nothing can be mistaken, else in single quotes, and in double quotes only where
    /// there is something to escape.
    static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        guard text.unicodeScalars.allSatisfy(isPrintable) else { return doubleQuoted(text) }
        // By scalars: a mark with an accent on it is still the mark.
        return "'" + text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
    }

    /// A comment: every line of `text` behind a `#`, without what YAML would take for a line's end or refuses, and without
    /// blank lines at its end.
    static func comment(_ text: String) -> String {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(visible)
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
    }

    private static func visible(_ line: Substring) -> String {
        var shown = String.UnicodeScalarView(line.unicodeScalars.map { isPrintable($0) ? $0 : " " })
        while shown.last == " " { shown.removeLast() }
        return String(shown)
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isLetter(first), !special.contains(text.lowercased()) else {
            return false
        }
        return text.unicodeScalars.allSatisfy { scalar in
            isLetter(scalar) || ("0"..."9").contains(scalar) || "_-./".unicodeScalars.contains(scalar)
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// Whether it may stand between single quotes without meaning a line's end.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
