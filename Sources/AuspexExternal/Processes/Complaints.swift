/// The end of what a program writes to its standard error.
struct Complaints {
    /// More is not kept.
    private static let keptBytes = 1 << 16
    /// Most lines and characters that are shown.
    private static let shownLines = 5
    private static let shownCharacters = 1_000

    private var bytes: [UInt8] = []

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: piece)
        // Twice as many, so that not every piece moves all of them.
        if bytes.count > 2 * Self.keptBytes { bytes.removeFirst(bytes.count - Self.keptBytes) }
    }

    /// The last lines that are not blank, without control characters; nil when there are none.
    var lastLines: String? {
        let lines = String(decoding: bytes.suffix(Self.keptBytes), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard !lines.isEmpty else { return nil }
        let shown = lines.suffix(Self.shownLines).joined(separator: "\n").suffix(Self.shownCharacters)
        return String(String.UnicodeScalarView(shown.unicodeScalars.map(Self.shown)))
    }

    /// Nothing that moves a terminal's cursor or turns the direction of writing.
    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard scalar != "\n" else { return scalar }
        return switch scalar.properties.generalCategory {
        case .control, .format: " "
        default: scalar
        }
    }
}
