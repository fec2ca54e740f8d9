import AuspexWire

/// Reads numbers that stand in lines, with blanks, tabs or commas between those of one line; plain or gzip.
struct NumberLines {
    /// Bytes of text, after decompression: thirty times the longest series of the archives that are read so.
    static let byteLimit = 256 << 20

    private let path: String
    private var line = 1
    private var digits: [UInt8] = []

    /// Calls `body` with each number and its line. A word for a missing value is NaN.
    ///
    /// - Parameter skipsHeader: whether a first line that is no number is passed over.
    /// - Throws: `TableError` when the file cannot be read, ``DatasetError`` when something else than numbers is in it, and
    ///   what `body` throws.
    static func read(_ path: String, skipsHeader: Bool = false, _ body: (Double, Int) throws -> Void) throws {
        var reader = NumberLines(path: path)
        let pieces = try InputPieces(path: path)
        var total = 0
        while let piece = try pieces.next() {
            total += piece.count
            guard total <= byteLimit else { throw DatasetError(path, .tooLarge(limit: byteLimit)) }
            for byte in piece { try reader.take(byte, skipsHeader, body) }
        }
        try reader.endNumber(skipsHeader, body)
    }

    private mutating func take(_ byte: UInt8, _ skipsHeader: Bool, _ body: (Double, Int) throws -> Void) throws {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: "\r"):
            try endNumber(skipsHeader, body)
        case UInt8(ascii: "\n"):
            try endNumber(skipsHeader, body)
            line += 1
        default: digits.append(byte)
        }
    }

    private mutating func endNumber(_ skipsHeader: Bool, _ body: (Double, Int) throws -> Void) throws {
        guard !digits.isEmpty else { return }
        defer { digits.removeAll(keepingCapacity: true) }
        switch DecimalNumber.read(digits.span) {
        case .number(let value): try body(value, line)
        case .missing: try body(.nan, line)
        case .notFinite, .malformed:
            if skipsHeader, line == 1 { return }
            throw DatasetError(path, line: line, .notANumber(text: Excerpt.quoted(digits.span)))
        }
    }

    private init(path: String) { self.path = path }
}
