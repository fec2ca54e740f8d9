/// A table that is read in parts, so that no more than one of them is in memory.
package struct TableParts {
    private var pieces: TablePieces
    private var isFinished = false

    init(_ pieces: TablePieces) {
        self.pieces = pieces
    }

    /// How many bytes of text were read so far, decompressed where the file is compressed.
    package var bytesRead: Int { pieces.total }

    /// The next part, with the series that have rows in it in the order of their first one; nil after the last. Blocks.
    ///
    /// A part has at least `rows` rows, and more as they come; the last one has the rest and may have none. It knows the
    /// columns and the form of the times that were seen so far, and the rows that were rejected so far; only the last one knows
    /// all of them, and which columns were left out.
    ///
    /// - Throws: ``TableError``, as ``TableReader`` does.
    package mutating func next(rows: Int) throws(TableError) -> TabularInput? {
        guard !isFinished else { return nil }
        while pieces.parser.gatheredRows < max(1, rows) {
            guard try pieces.parseNext() else {
                isFinished = true
                return try pieces.parser.finish()
            }
        }
        return pieces.parser.takePart()
    }
}
