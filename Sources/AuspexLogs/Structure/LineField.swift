/// A name and a value in a structured line, as ranges of its bytes.
struct LineField: Equatable, Sendable {
    var name: Range<Int>
    /// The value without its quotes; escapes are left as they stand.
    var value: Range<Int>
    /// Whether the value is text: quoted in JSON, anything in logfmt.
    var isText: Bool

    /// The most fields of a line that are looked at.
    static let most = 128
}
