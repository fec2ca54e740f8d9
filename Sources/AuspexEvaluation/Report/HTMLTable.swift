/// A table of a report.
struct HTMLTable {
    /// One cell.
    struct Cell {
        var html: String
        var css = ""
        /// How many rows it stands for; the rows below leave it out.
        var rowSpan = 1

        /// Escaped text, to the left.
        static func text(_ text: String) -> Cell { Cell(html: HTMLText.escaped(text), css: "text") }

        /// The name of a file, which may be long.
        static func file(_ text: String) -> Cell { Cell(html: HTMLText.escaped(text), css: "text file") }

        /// A specification in the font of code.
        static func code(_ text: String) -> Cell { Cell(html: "<code>\(HTMLText.escaped(text))</code>", css: "text") }

        /// A number, to the right; a dash where there is none.
        static func number(_ text: String?) -> Cell { Cell(html: HTMLText.escaped(text ?? "–")) }
    }

    /// What the table shows; may be empty.
    var caption: String
    /// The columns' names; none for a list of facts.
    var header: [Cell]
    /// The rows, each as wide as the header.
    var rows: [[Cell]]

    var html: String {
        let head = header.map { "<th scope=\"col\"\(Self.attribute($0.css))>\($0.html)</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td\(Self.attribute($0.css))\(Self.span($0.rowSpan))>\($0.html)</td>" }.joined()
                + "</tr>"
        }
        return "<div class=\"scroll\"><table>\n"
            + (caption.isEmpty ? "" : "<caption>\(HTMLText.escaped(caption))</caption>\n")
            + (header.isEmpty ? "" : "<thead><tr>\(head)</tr></thead>\n")
            + "<tbody>\n" + body.joined(separator: "\n") + "\n</tbody>\n</table></div>"
    }

    private static func span(_ rows: Int) -> String { rows == 1 ? "" : " rowspan=\"\(rows)\"" }

    private static func attribute(_ css: String) -> String { css.isEmpty ? "" : " class=\"\(css)\"" }
}
