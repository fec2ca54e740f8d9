/// A table of a report.
struct HTMLTable {
    /// One cell.
    struct Cell {
        var html: String
        var css = ""
        /// What is shown when a pointer rests on it, as text.
        var title = ""
        /// A style of its own.
        var style = ""
        /// How many rows it stands for; the rows below leave it out.
        var rowSpan = 1
        /// How many columns it stands for.
        var columnSpan = 1

        /// Escaped text, to the left.
        static func text(_ text: String) -> Cell { Cell(html: HTMLText.escaped(text), css: "text") }

        /// The name of a file, which may be long.
        static func file(_ text: String) -> Cell { Cell(html: HTMLText.escaped(text), css: "text file") }

        /// A specification in the font of code.
        static func code(_ text: String) -> Cell { Cell(html: "<code>\(HTMLText.escaped(text))</code>", css: "text") }

        /// A number, to the right; a dash where there is none.
        static func number(_ text: String?) -> Cell { Cell(html: HTMLText.escaped(text ?? "–")) }

        /// Everything but the content.
        fileprivate var attributes: String {
            let all = [
                ("class", css), ("style", style), ("title", HTMLText.escaped(title)),
                ("rowspan", rowSpan == 1 ? "" : String(rowSpan)),
                ("colspan", columnSpan == 1 ? "" : String(columnSpan)),
            ]
            return all.filter { !$0.1.isEmpty }.map { " \($0.0)=\"\($0.1)\"" }.joined()
        }
    }

    /// What the table shows; may be empty.
    var caption: String
    /// The columns' names; none for a list of facts.
    var header: [Cell]
    /// The rows, each as wide as the header.
    var rows: [[Cell]]

    var html: String {
        let head = header.map { "<th scope=\"col\"\($0.attributes)>\($0.html)</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td\($0.attributes)>\($0.html)</td>" }.joined() + "</tr>"
        }
        return "<div class=\"scroll\"><table>\n"
            + (caption.isEmpty ? "" : "<caption>\(HTMLText.escaped(caption))</caption>\n")
            + (header.isEmpty ? "" : "<thead><tr>\(head)</tr></thead>\n")
            + "<tbody>\n" + body.joined(separator: "\n") + "\n</tbody>\n</table></div>"
    }
}
