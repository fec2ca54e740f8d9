import AuspexSignals

/// Reads tables of measurements: CSV and NDJSON, plain or compressed with gzip, told apart by their first bytes.
///
/// CSV is RFC 4180 with a header line; comma, tab or semicolon separates, whichever the header has. A first line without
/// a single name is a row already, and columns are then called `c0`, `c1`… NDJSON comes in two forms: flat objects
/// `{"timestamp":…,"value":…,…}`, and recordings `{"labels":{…},"timestamp":…,"value":…}` of many series.
/// The input is read in pieces and never held as a whole; values cost 8 bytes each.
package struct TableReader: Sendable {
    /// What to look for, and what to do about bad rows.
    package var options: TableOptions

    /// What some programs put before UTF-8.
    static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// Creates a reader.
    package init(options: TableOptions = TableOptions()) {
        self.options = options
    }

    /// Reads the file at `path`, or standard input for `-`. Blocks.
    package func read(path: String) throws(TableError) -> TabularInput {
        try read(FileSource(path: path), file: path)
    }

    /// Reads bytes that are in memory; `file` names them in messages.
    package func read(bytes: [UInt8], file: String) throws(TableError) -> TabularInput {
        try read(MemorySource(bytes), file: file)
    }

    private func read(_ raw: any ByteSource, file: String) throws(TableError) -> TabularInput {
        var pieces = try TablePieces(raw, file: file, options: options)
        while try pieces.parseNext() {}
        return try pieces.parser.finish()
    }

    /// The file at `path` in parts, or standard input for `-`: for whoever needs no row twice. Opens it, and reads its first
    /// piece.
    package func parts(path: String) throws(TableError) -> TableParts {
        TableParts(try TablePieces(FileSource(path: path), file: path, options: options))
    }
}

/// Takes a table's text in pieces of any size.
protocol TableParser {
    /// Takes all whole records of `bytes`, all bytes when they are the last, and says how many bytes those were. The next
    /// call begins with the bytes that were not taken.
    mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(TableError) -> Int

    /// How many rows are gathered.
    var gatheredRows: Int { get }

    /// Takes the gathered rows out.
    mutating func takePart() -> TabularInput

    /// The table, or what was gathered of it since the last part, after the last piece. Only here is it known which columns
    /// were left out.
    mutating func finish() throws(TableError) -> TabularInput
}
