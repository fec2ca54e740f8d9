/// A variable part of a line: where it stands, and what it looks like.
public struct LogParameter: Hashable, Sendable {
    /// The bytes of the line.
    public let range: Range<Int>
    /// What the bytes look like.
    public let kind: Kind

    /// Creates a parameter.
    public init(range: Range<Int>, kind: Kind) {
        self.range = range
        self.kind = kind
    }

    /// What a value looks like, by its form alone.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A decimal number.
        case number
        /// An IPv4 or IPv6 address, also with a prefix length.
        case ip
        /// A hardware address, or a fingerprint in pairs.
        case mac
        /// Hexadecimal digits.
        case hex
        /// A number with a unit of time.
        case duration
        /// A number with a unit of bytes or bits, or a percentage.
        case size
        /// A UUID.
        case uuid
        /// A date, a time of day, or both.
        case time
        /// A URL.
        case url
        /// A mail address.
        case email
        /// A path of a file.
        case path
        /// A name of a host.
        case host
        /// A truth value, or the absence of one.
        case boolean
        /// A word with digits that is none of the above.
        case identifier
        /// Several values.
        case list
        /// Any other text.
        case text
    }
}

extension LogParameter.Kind {
    /// The kind of a token's class.
    init(_ kind: TokenClass) {
        self =
            switch kind {
            case .number: .number
            case .ip, .ip6: .ip
            case .mac: .mac
            case .hex: .hex
            case .duration: .duration
            case .size: .size
            case .uuid: .uuid
            case .date, .clock, .time, .timestamp: .time
            case .url: .url
            case .email: .email
            case .path, .windowsPath: .path
            case .host: .host
            case .boolean: .boolean
            case .identifier: .identifier
            case .list: .list
            case .punctuation, .literal, .weakLiteral, .empty, .rest, .text, .optional: .text
            }
    }

    /// The kind of a whole value: that of its only token, a list when there are several without a word among them.
    init(of value: Span<UInt8>) {
        var tokens: [LogToken] = []
        LineScanner.scan(value, limit: Self.tokensLookedAt, into: &tokens)
        guard let first = tokens.first else {
            self = .text
            return
        }
        if tokens.count == 1 {
            self.init(first.kind)
        } else {
            self = tokens.contains { $0.kind.isConstant && $0.kind != .punctuation } ? .text : .list
        }
    }

    private static let tokensLookedAt = 16
}
