import AuspexSignals

/// The text of a file, kept so that a mistake inside a scalar (an expression, say) can be placed in the file.
package struct SourceText: Sendable {
    /// The file's path as the user gave it, `-` for standard input.
    package let file: String
    /// The file's lines without their ends.
    let lines: [Substring]

    /// Splits `text` into lines.
    package init(file: String, text: String) {
        self.file = file
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// The place of the `offset`-th Unicode scalar of `scalar`'s value, which begins at `start` in this file.
    ///
    /// White space is folded, indented and escaped in many ways, so it is skipped on both sides and the other
    /// characters are matched one by one. Where that fails, which only exotic escapes can bring about, the answer is the
    /// last place that matched. Linear in `offset`; meant for the rare case that there is a mistake to report.
    func location(of offset: Int, in value: String, style: DocumentNode.Style, start: SourceLocation) -> SourceLocation
    {
        guard let line = start.line, let column = start.column else { return start }
        var cursor = Cursor(lines: lines, line: line - 1, column: column - 1)
        switch style {
        case .plain: break
        case .singleQuoted, .doubleQuoted: cursor.advance()
        case .block: cursor.nextLine()
        }
        var found = start
        for (index, scalar) in value.unicodeScalars.prefix(offset + 1).enumerated() where !Self.isBlank(scalar) {
            // A blank at the offset itself is placed just after the character before it.
            guard cursor.match(scalar, style: style) else { return found }
            found = SourceLocation(file: file, line: cursor.line + 1, column: cursor.column + 1)
            if index == offset { return found }
            cursor.advance()
        }
        return SourceLocation(file: file, line: cursor.line + 1, column: cursor.column + 1)
    }

    fileprivate static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    /// A place in the text, in zero-based lines and Unicode scalars, the unit in which the parser counts columns.
    private struct Cursor {
        private let lines: [Substring]
        private(set) var line: Int
        private(set) var column: Int
        private var scalars: [Unicode.Scalar]

        init(lines: [Substring], line: Int, column: Int) {
            self.lines = lines
            self.line = line
            self.column = column
            scalars = lines.indices.contains(line) ? Array(lines[line].unicodeScalars) : []
        }

        private var current: Unicode.Scalar? { column < scalars.count ? scalars[column] : nil }

        mutating func advance() { column += 1 }

        mutating func nextLine() {
            line += 1
            column = 0
            scalars = lines.indices.contains(line) ? Array(lines[line].unicodeScalars) : []
        }

        /// Moves to the source character that stands for `scalar`; false if the next visible one is another.
        mutating func match(_ scalar: Unicode.Scalar, style: DocumentNode.Style) -> Bool {
            skipBlanks(escaped: style == .doubleQuoted)
            guard line < lines.count else { return false }
            if style == .doubleQuoted, current == "\\" { advance() }
            // In single quotes a quote is written twice; stay on the second one.
            if style == .singleQuoted, scalar == "'", current == "'" { advance() }
            return current == scalar
        }

        private mutating func skipBlanks(escaped: Bool) {
            while line < lines.count {
                guard let scalar = current else {
                    nextLine()
                    continue
                }
                if SourceText.isBlank(scalar) {
                    advance()
                } else if escaped, scalar == "\\", isBlankEscape {
                    column += 2
                } else {
                    return
                }
            }
        }

        /// Whether a backslash here begins an escape for white space or the end of the line.
        private var isBlankEscape: Bool {
            guard column + 1 < scalars.count else { return true }
            return ["n", "t", "r", " ", "\t"].contains(scalars[column + 1])
        }
    }
}
