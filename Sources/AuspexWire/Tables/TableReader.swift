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

    /// The size of a piece; a line longer than it makes the buffer grow up to the limit on lines.
    private static let pieceSize = 1 << 18
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
        var buffer = [UInt8](repeating: 0, count: Self.pieceSize)
        let start = try Self.fill(&buffer, from: raw, upTo: GzipSource.magic.count)
        let prefixed = PrefixedSource(prefix: Array(buffer[..<start]), rest: raw)
        let isGzip = Array(buffer[..<start]) == GzipSource.magic
        let source = isGzip ? try GzipSource(prefixed, file: file, limits: options.limits) : prefixed as any ByteSource

        var filled = try Self.fill(&buffer, from: source, upTo: Self.pieceSize)
        var total = filled
        var isLast = filled < Self.pieceSize
        var begin = 0
        try Self.refuseBinary(buffer.span.extracting(0..<filled), file: file)
        if buffer.span.extracting(0..<min(filled, 3)).isEqual(to: Self.byteOrderMark) { begin = 3 }
        var parser = Self.parser(for: buffer.span.extracting(begin..<filled), file: file, options: options)
        while true {
            begin += try parser.consume(buffer.span.extracting(begin..<filled), isLast: isLast)
            if isLast { return try parser.finish() }
            buffer.withUnsafeMutableBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[..<(filled - begin)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[begin..<filled]))
            }
            filled -= begin
            begin = 0
            // A piece without a whole line: twice the room keeps the work linear.
            if filled > buffer.count / 2 { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
            let room = buffer.count - filled
            let count = try Self.fill(&buffer, from: source, at: filled, upTo: room)
            filled += count
            total += count
            isLast = count < room
            guard total <= options.limits.bytes else {
                let limit = TableError.Problem.tooLarge(limit: options.limits.bytes)
                throw TableError(location: SourceLocation(file: file), problem: limit)
            }
        }
    }

    /// Reads until `count` bytes are there or the source ends; pipes give less than one asks for.
    private static func fill(
        _ buffer: inout [UInt8], from source: any ByteSource, at offset: Int = 0, upTo count: Int
    ) throws(TableError) -> Int {
        var filled = 0
        while filled < count {
            let range = (offset + filled)..<(offset + count)
            let result = buffer.withUnsafeMutableBytes { bytes in
                Result { () throws(TableError) in
                    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[range]))
                }
            }
            let got = try result.get()
            if got == 0 { break }
            filled += got
        }
        return filled
    }

    /// Files that people pass by mistake: other encodings, archives, programs.
    private static func refuseBinary(_ bytes: Span<UInt8>, file: String) throws(TableError) {
        let known: [(magic: [UInt8], what: String)] = [
            ([0xff, 0xfe], "UTF-16"), ([0xfe, 0xff], "UTF-16"),
            ([0x50, 0x4b, 0x03, 0x04], "a zip archive or workbook"),
            ([0x28, 0xb5, 0x2f, 0xfd], "zstd data"), ([0x42, 0x5a, 0x68], "bzip2 data"),
            ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz data"), (Array("PAR1".utf8), "a Parquet file"),
        ]
        for (magic, what) in known where bytes.count >= magic.count {
            if bytes.extracting(0..<magic.count).isEqual(to: magic) {
                throw TableError(location: SourceLocation(file: file), problem: .binary(what: what))
            }
        }
        // The header line decides; a byte 0 further down is an error of its row.
        let header = bytes.extracting(0..<(bytes.firstIndex(of: 0x0a) ?? bytes.count))
        if let place = header.firstIndex(of: 0) {
            let location = SourceLocation(file: file, line: 1, column: header.extracting(0..<place).text.count + 1)
            throw TableError(location: location, problem: .binary(what: "a byte 0 in the first line"))
        }
    }

    private static func parser(for bytes: Span<UInt8>, file: String, options: TableOptions) -> any TableParser {
        var index = 0
        while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
        let isJSON = index < bytes.count && bytes[index] == UInt8(ascii: "{")
        return isJSON ? NDJSONParser(file: file, options: options) : CSVParser(file: file, options: options)
    }
}

/// Takes a table's text in pieces of any size.
protocol TableParser {
    /// Takes all whole records of `bytes`, all bytes when they are the last, and says how many bytes those were. The next
    /// call begins with the bytes that were not taken.
    mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(TableError) -> Int

    /// The table, after the last piece.
    mutating func finish() throws(TableError) -> TabularInput
}
