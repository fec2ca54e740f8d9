/// What a token of a log line is.
enum TokenClass: UInt8, Sendable, CaseIterable {
    /// Delimiters; part of the template.
    case punctuation
    /// A word without digits; part of the template until the miner learns otherwise.
    case literal
    /// A word such as `eth0` or `ssh2`, whose digits may be a number of something or part of the name.
    case weakLiteral
    case number
    case ip
    case ip6
    case mac
    case hex
    case duration
    case size
    case uuid
    case date
    /// A time of day without seconds.
    case clock
    /// A time of day with seconds.
    case time
    /// A date with a time of day.
    case timestamp
    case url
    case email
    case path
    case windowsPath
    case host
    case boolean
    /// A word with digits in it that is none of the above, such as `blk_-12`.
    case identifier
    /// Several variables side by side or between commas.
    case list
    /// Nothing where other lines have a value, as in `rhost=`.
    case empty
    /// The end of a line that is too long, or too varied, to be taken apart.
    case rest
    /// A variable whose values differ in class.
    case text
    /// A variable that is missing in some lines.
    case optional

    /// Whether the token's text belongs to the template.
    var isConstant: Bool { rawValue <= TokenClass.weakLiteral.rawValue }

    /// Whether the template shows the value's clock as `<*>:<*>:<*>`, as the public ground truths do.
    var showsClock: Bool { self == .time || self == .timestamp }

    /// Whether the class alone changes how the template is written.
    var changesText: Bool { self == .empty || showsClock }
}

/// A token: where it stands in the line, what it is, and whether white space comes before it.
struct LogToken: Sendable {
    var start: Int32
    var end: Int32
    var kind: TokenClass
    var isSpaced: Bool

    init(_ range: Range<Int>, _ kind: TokenClass, spaced: Bool) {
        start = Int32(truncatingIfNeeded: range.lowerBound)
        end = Int32(truncatingIfNeeded: range.upperBound)
        self.kind = kind
        isSpaced = spaced
    }

    var range: Range<Int> { Int(start)..<Int(end) }
    var count: Int { Int(end - start) }
}
