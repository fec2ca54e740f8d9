import AuspexDetection

/// Cuts a command line into words.
enum CommandWords {
    /// One word of a command line.
    struct Word: Hashable {
        /// The word without its quotes.
        var text = ""
        /// Whether a part of it stood in quotes or behind a backslash.
        var isQuoted = false
    }

    /// The words of `rest`, which is the end of `specification`.
    ///
    /// In single quotes everything stands for itself; in double quotes a backslash is taken off before `"` and `\`, outside
    /// of quotes before any character.
    ///
    /// - Throws: `DetectorError.program` for a quote that does not end, a backslash at the end, and a byte 0.
    static func split(_ rest: String, of specification: String) throws(DetectorError) -> [Word] {
        let offset = specification.count - rest.count
        let failure = { (column: Int, reason: String) in
            DetectorError.program(command: specification, reason: "column \(column): \(reason)")
        }
        var words: [Word] = []
        var word: Word?
        var quote: (mark: Character, column: Int)?
        var isEscaped = false
        for (index, character) in rest.enumerated() {
            let column = offset + index + 1
            guard character != "\0" else { throw failure(column, "a byte 0; remove it") }
            if isEscaped {
                if quote != nil, character != "\"", character != "\\" { word?.text.append("\\") }
                word?.text.append(character)
                isEscaped = false
            } else if character == "\\", quote?.mark != "'" {
                word = word ?? Word()
                word?.isQuoted = true
                isEscaped = true
            } else if let open = quote {
                if character == open.mark { quote = nil } else { word?.text.append(character) }
            } else if character == "'" || character == "\"" {
                word = word ?? Word()
                word?.isQuoted = true
                quote = (character, column)
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = word ?? Word()
                word?.text.append(character)
            }
        }
        if let quote { throw failure(quote.column, "the quote \(quote.mark) does not end; close it") }
        if isEscaped { throw failure(specification.count, "nothing follows the backslash; write \\\\ for one") }
        if let word { words.append(word) }
        return words
    }
}
