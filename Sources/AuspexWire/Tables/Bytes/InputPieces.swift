/// The bytes of a file or of standard input, piece by piece, gzip taken off when it is there.
package struct InputPieces {
    private static let pieceSize = 1 << 18

    private let source: any ByteSource

    /// Opens the file at `path`, or standard input for `-`.
    ///
    /// - Throws: ``TableError`` when it cannot be read.
    package init(path: String, limits: TableLimits = TableLimits()) throws(TableError) {
        let raw = try FileSource(path: path)
        var start: [UInt8] = []
        // Pipes give less than one asks for.
        while start.count < GzipSource.magic.count {
            let piece = try Self.read(raw, upTo: GzipSource.magic.count - start.count)
            if piece.isEmpty { break }
            start += piece
        }
        let whole = PrefixedSource(prefix: start, rest: raw)
        source = start == GzipSource.magic ? try GzipSource(whole, file: path, limits: limits) : whole
    }

    /// The next bytes; nil at the end. Blocks.
    ///
    /// - Throws: ``TableError`` for a read error or damaged gzip.
    package func next() throws(TableError) -> [UInt8]? {
        let piece = try Self.read(source, upTo: Self.pieceSize)
        return piece.isEmpty ? nil : piece
    }

    private static func read(_ source: any ByteSource, upTo count: Int) throws(TableError) -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: count)
        let result = piece.withUnsafeMutableBytes { bytes in
            Result { () throws(TableError) in try source.read(into: bytes) }
        }
        piece.removeLast(count - (try result.get()))
        return piece
    }
}
