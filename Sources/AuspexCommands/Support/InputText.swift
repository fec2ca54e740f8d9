import AuspexWire

/// The text of a file, also compressed with gzip, or of standard input for `-`.
///
/// - Throws: an error whose description names the file and what is in the way.
func text(of path: String) throws -> String {
    let pieces = try InputPieces(path: path)
    var bytes: [UInt8] = []
    while let piece = try pieces.next() { bytes += piece }
    return String(decoding: bytes, as: UTF8.self)
}
