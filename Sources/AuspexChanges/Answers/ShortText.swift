/// Texts within the bounds that receivers set.
enum ShortText {
    private static let mark = "…"

    /// The text, cut to at most so many bytes of UTF-8, which are no fewer than characters by whatever count.
    static func cut(_ text: String, bytes most: Int) -> String {
        guard text.utf8.count > most else { return text }
        var result = ""
        var room = most - mark.utf8.count
        for character in text {
            room -= character.utf8.count
            guard room >= 0 else { break }
            result.append(character)
        }
        return result + mark
    }

    /// The lines that fit into so many bytes, and how many more there are.
    static func lines(_ lines: [String], bytes most: Int) -> String {
        let notice = "… and \(lines.count) more lines"
        var kept: [String] = []
        var room = most
        for (place, line) in lines.enumerated() {
            let needed = line.utf8.count + 1
            let isLast = place == lines.count - 1
            guard needed + (isLast ? 0 : notice.utf8.count) <= room else {
                if kept.isEmpty { return cut(line, bytes: most) }
                return (kept + ["… and \(lines.count - place) more lines"]).joined(separator: "\n")
            }
            kept.append(line)
            room -= needed
        }
        return kept.joined(separator: "\n")
    }

    /// The text with everything that Markdown or HTML would take for more than text made harmless. Names of rules and
    /// series come from anywhere.
    static func markdown(_ text: String) -> String {
        var result = ""
        for character in TextTable.printable(text) {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "!": result += "\\\(character)"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            // Nobody is to be called because a rule is named after them.
            case "@": result += "&#64;"
            default: result.append(character)
            }
        }
        return result
    }
}
