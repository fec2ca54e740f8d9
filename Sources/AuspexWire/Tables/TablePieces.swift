import AuspexSignals

/// A table's text on its way to the parser, piece by piece.
struct TablePieces {
    /// The size of a piece; a line longer than it makes the buffer grow up to the limit on lines.
    private static let pieceSize = 1 << 18

    /// The parser with what it has gathered.
    var parser: any TableParser
    private let source: any ByteSource
    private let file: String
    private let limit: Int
    private var buffer: [UInt8]
    /// Where the text begins in the buffer that the parser has not taken, and where it ends.
    private var begin = 0
    private var filled: Int
    /// How many bytes of text were read.
    private(set) var total: Int
    private var isLast: Bool
    private var isDone = false

    /// Reads the first piece, and finds out what it is.
    init(_ raw: any ByteSource, file: String, options: TableOptions) throws(TableError) {
        var buffer = [UInt8](repeating: 0, count: Self.pieceSize)
        let start = try Self.fill(&buffer, from: raw, upTo: GzipSource.magic.count)
        let prefixed = PrefixedSource(prefix: Array(buffer[..<start]), rest: raw)
        let isGzip = Array(buffer[..<start]) == GzipSource.magic
        source = isGzip ? try GzipSource(prefixed, file: file, limits: options.limits) : prefixed as any ByteSource
        filled = try Self.fill(&buffer, from: source, upTo: Self.pieceSize)
        total = filled
        isLast = filled < Self.pieceSize
        try Self.refuseBinary(buffer.span.extracting(0..<filled), file: file)
        if buffer.span.extracting(0..<min(filled, 3)).isEqual(to: TableReader.byteOrderMark) { begin = 3 }
        parser = Self.parser(for: buffer.span.extracting(begin..<filled), file: file, options: options)
        self.buffer = buffer
        self.file = file
        limit = options.limits.bytes
    }

    /// Hands the next piece to the parser; false when there is none any more.
    mutating func parseNext() throws(TableError) -> Bool {
        guard !isDone else { return false }
        try parse(buffer)
        isDone = isLast
        if !isLast { try refill() }
        return true
    }

    /// The buffer is handed in, because the parser changes meanwhile, and both are part of us.
    private mutating func parse(_ bytes: [UInt8]) throws(TableError) {
        begin += try parser.consume(bytes.span.extracting(begin..<filled), isLast: isLast)
    }

    private mutating func refill() throws(TableError) {
        let (begin, filled) = (begin, filled)
        buffer.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[..<(filled - begin)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[begin..<filled]))
        }
        self.filled = filled - begin
        self.begin = 0
        // A piece without a whole line: twice the room keeps the work linear.
        if self.filled > buffer.count / 2 { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
        let room = buffer.count - self.filled
        let count = try Self.fill(&buffer, from: source, at: self.filled, upTo: room)
        self.filled += count
        total += count
        isLast = count < room
        guard total <= limit else {
            throw TableError(location: SourceLocation(file: file), problem: .tooLarge(limit: limit))
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

    /// Whether the text is one array of JSON: objects, arrays or nothing in brackets.
    private static func isArray(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        for marks in [[UInt8(ascii: "[")], [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]")]] {
            while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
            guard index < bytes.count, marks.contains(bytes[index]) else { return false }
            index += 1
        }
        return true
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
        if isArray(bytes) {
            throw TableError(location: SourceLocation(file: file, line: 1), problem: .array)
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
