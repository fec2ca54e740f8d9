import AuspexSignals

/// What looks like an anchor (`&name`) or an alias (`*name`) in a YAML text, found before the parser sees it.
///
/// Aliases let a text of a few hundred bytes stand for billions of nodes. The parser shares the nodes of an alias, but
/// hashes the keys of every mapping, and a key may be an alias; so the number of aliases is bounded before parsing, and
/// what is left is refused exactly, from the parsed tree. This scan knows nothing of quotes and blocks: it finds every
/// alias, and sometimes text that merely looks like one.
struct AnchorScan {
    /// With this many aliases no text can grow: m aliases a level over k levels make m^k nodes from m·k aliases.
    static let harmlessAliases = 8

    /// The places of candidates for an alias whose anchor is a candidate too, by name.
    private(set) var aliases: [(name: Substring, location: SourceLocation)] = []

    /// Scans the lines; linear in their length.
    init(_ source: SourceText) {
        var anchors: Set<Substring> = []
        var candidates: [(name: Substring, location: SourceLocation)] = []
        for (number, line) in source.lines.enumerated() {
            guard line.utf8.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "*") }) else { continue }
            Self.scan(line) { indicator, name, column in
                if indicator == "&" {
                    anchors.insert(name)
                } else {
                    let place = SourceLocation(file: source.file, line: number + 1, column: column + 1)
                    candidates.append((name, place))
                }
            }
        }
        aliases = candidates.filter { anchors.contains($0.name) }
    }

    private static func scan(_ line: Substring, found: (Unicode.Scalar, Substring, Int) -> Void) {
        let scalars = line.unicodeScalars
        var previous: Unicode.Scalar = " "
        var column = 0
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            index = scalars.index(after: index)
            if scalar == "&" || scalar == "*", isBoundary(previous) {
                let end = scalars[index...].firstIndex { !isNameCharacter($0) } ?? scalars.endIndex
                if end > index { found(scalar, line[index..<end], column) }
            }
            previous = scalar
            column += 1
        }
    }

    /// Whether a node may begin right after this character. `:` may come directly before a value when the key is quoted;
    /// the byte order mark may come first in a file.
    private static func isBoundary(_ scalar: Unicode.Scalar) -> Bool {
        " \t[]{},:?-!\"'\u{feff}".unicodeScalars.contains(scalar)
    }

    /// The parser's own set of name characters.
    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "_" || (scalar.isASCII && scalar.properties.isAlphabetic)
            || ("0"..."9").contains(scalar)
    }
}
