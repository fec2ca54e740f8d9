import AuspexSignals

/// What looks like an explicit key (`? key`) in a YAML text, found before the parser sees it.
///
/// Only an explicit key can be large: others end after 1,024 characters. The parser hashes the keys of every mapping, a key
/// in a key again on each level, so that a megabyte in 900 explicit keys costs minutes. Their number times the size of the
/// text bounds that work; keys that are not text are refused in any case, once the text is parsed. Like ``AnchorScan``,
/// this knows nothing of quotes and blocks, and may count a `?` that is text.
struct KeyScan {
    /// Explicit keys times bytes that are parsed: 16 in the largest text, far more in the usual one.
    static let mostWork = 16 << 20

    /// How many candidates there are.
    private(set) var count = 0
    /// Where the first one is.
    private(set) var first: SourceLocation?

    /// Scans the lines; linear in their length.
    init(_ source: SourceText) {
        for (number, line) in source.lines.enumerated() where line.utf8.contains(UInt8(ascii: "?")) {
            // The last character that is no blank; a line begins like a flow sequence does.
            var previous: Unicode.Scalar = "["
            for (column, scalar) in line.unicodeScalars.enumerated() where scalar != " " && scalar != "\t" {
                if scalar == "?", "-?:[{,\u{feff}".unicodeScalars.contains(previous) {
                    count += 1
                    first = first ?? SourceLocation(file: source.file, line: number + 1, column: column + 1)
                }
                previous = scalar
            }
        }
    }
}
