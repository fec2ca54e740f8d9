/// How far a secret goes that stands behind a name.
enum SecretExtent: Sendable {
    /// Between the quotation marks if there are any, else to the next blank, or to the line's end when there was a
    /// blank before it, as in YAML.
    case value
    /// Between the quotation marks if there are any, else to the line's end.
    case line
    /// Between the quotation marks if there are any, else to the next blank.
    case word
    /// To the next `<`.
    case element
    /// Within the match: between `://` and the `@` at its end.
    case user

    /// What names of secrets have in them.
    private static let parts =
        "passw(?:or)?d|passphrase|pwd|secret|token|api[_\\- ]?key|access[_\\-]?key|private[_\\-]?key|account[_\\-]?key"
        + "|encryption[_\\-]?key|signing[_\\-]?key|credentials?|connection[_\\-]?string|dsn|session[_\\-]?id"

    /// Patterns of what stands before a secret. What is not bounded in them is part of the match, so that no byte is
    /// looked at again and again.
    static let names: [(pattern: String, extent: SecretExtent)] = [
        (
            "(?i)(?:\(parts)|\\b_auth)[a-z0-9_.\\-]{0,32}(?:\\\\{0,8}[\"'])?[ \\t]{0,8}(?:=>|:=|[:=])[ \\t]{0,8}",
            .value
        ),
        ("(?i)(?:authorization|cookie|x-auth[a-z\\-]{0,16})(?:\\\\{0,8}[\"'])?[ \\t]{0,8}[:=][ \\t]{0,8}", .line),
        ("(?i)\\bbearer[ \\t]{1,8}", .word),
        (
            "(?i)--?[a-z0-9\\-]{0,32}(?:\(parts))[a-z0-9\\-]{0,16}(?:[\"'][ \\t]{0,4},[ \\t]{0,4}|[ \\t\\x00]{1,8})",
            .word
        ),
        ("(?i)<[a-z0-9_.:\\-]{0,32}(?:\(parts))[a-z0-9_.\\-]{0,32}>", .element),
        ("://[^\\s/?#\"'<>]+@", .user), ("://[^\\s/?#\"'<>:@]*:[^\\s\"'<>]+@", .user),
    ]

    /// Patterns of secrets that are known by their own form.
    static let forms: [String] = [
        "(?i)\\bbasic[ \\t]{1,8}[a-z0-9+/]{16,}={0,2}",
        "\\bgh[pousr]_[A-Za-z0-9]{20,}", "\\bgithub_pat_[A-Za-z0-9_]{20,}", "\\bglpat-[A-Za-z0-9_\\-]{20,}",
        "\\bxox[abeprs]-[A-Za-z0-9\\-]{10,}", "\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b", "\\bAIza[0-9A-Za-z_\\-]{35}",
        "\\bsk-[A-Za-z0-9_\\-]{20,}", "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}", "\\bnpm_[A-Za-z0-9]{36}",
        "\\beyJ[A-Za-z0-9_\\-]{8,}\\.[A-Za-z0-9_\\-]{2,}(?:\\.[A-Za-z0-9_\\-]{0,})?",
        "\\bwhsec_[A-Za-z0-9+/=]{16,}", "\\bAGE-SECRET-KEY-1[0-9A-Z]{50,64}",
        "https?://hooks\\.slack\\.com/services/[A-Za-z0-9/]{1,128}",
    ]

    /// The secret that stands behind what matched.
    func secret(behind match: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        let start = match.upperBound
        switch self {
        case .user:
            let marks = ("://".utf8.count, "@".utf8.count)
            return match.lowerBound + marks.0..<match.upperBound - marks.1
        case .element:
            return start..<(bytes[start...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count)
        case .value, .line, .word:
            if let quoted = Self.quoted(from: start, in: bytes) { return quoted }
            if let block = Self.block(behind: match, in: bytes) { return block }
            let isAfterBlank = start > 0 && Self.blanks.contains(bytes[start - 1])
            let isWholeLine = self == .line || (self == .value && isAfterBlank)
            let end = bytes[start...].firstIndex {
                Self.lineEnds.contains($0) || (!isWholeLine && Self.blanks.contains($0))
            }
            return start..<(end ?? bytes.count)
        }
    }

    // NUL separates arguments and variables in /proc.
    private static let lineEnds: Set<UInt8> = [UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0]
    private static let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    private static let quotes: Set<UInt8> = [UInt8(ascii: "\""), UInt8(ascii: "'")]
    private static let backslash = UInt8(ascii: "\\")

    /// What stands between the quotation mark at `start` and the one that closes it, which has as many backslashes
    /// before it; nil where there is no mark. One that is not closed goes to the line's end.
    private static func quoted(from start: Int, in bytes: [UInt8]) -> Range<Int>? {
        let content = bytes[start...].firstIndex { $0 != backslash } ?? bytes.count
        guard content < bytes.count, quotes.contains(bytes[content]) else { return nil }
        let (depth, quote) = (content - start, bytes[content])
        var (place, slashes) = (content + 1, 0)
        while place < bytes.count, !lineEnds.contains(bytes[place]) {
            if bytes[place] == backslash {
                slashes += 1
            } else {
                // More backslashes than before the opening mark belong to the text; an even number of them at the
                // outermost level is backslashes, not an escape.
                let closes = depth == 0 ? slashes % 2 == 0 : slashes <= depth
                if bytes[place] == quote, closes { return content + 1..<place - (depth == 0 ? 0 : slashes) }
                slashes = 0
            }
            place += 1
        }
        return content + 1..<place
    }

    /// The lines of a YAML block behind `|` or `>`: those that are indented further than the line of its key.
    private static func block(behind match: Range<Int>, in bytes: [UInt8]) -> Range<Int>? {
        let start = match.upperBound
        guard start < bytes.count, [UInt8(ascii: "|"), UInt8(ascii: ">")].contains(bytes[start]) else { return nil }
        let lineEnd = UInt8(ascii: "\n")
        guard let first = bytes[start...].firstIndex(of: lineEnd), first - start <= longestIndicator else { return nil }
        let line = bytes[..<match.lowerBound].lastIndex(of: lineEnd).map { $0 + 1 } ?? 0
        let indent = bytes[line...].prefix { $0 == UInt8(ascii: " ") }.count
        var end = first
        while end < bytes.count {
            let next = bytes[(end + 1)...].firstIndex(of: lineEnd) ?? bytes.count
            let text = bytes[(end + 1)..<next]
            let depth = text.prefix { $0 == UInt8(ascii: " ") }.count
            guard depth > indent || depth == text.count else { break }
            end = next
        }
        return min(first + 1, end)..<end
    }

    /// `|`, an indentation and a chomping indicator, blanks and a short comment.
    private static let longestIndicator = 16
}
