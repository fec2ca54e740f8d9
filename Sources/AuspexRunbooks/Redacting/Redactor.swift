package import AuspexPatterns

/// Masks what looks like a secret in texts from outside, such as outputs of commands and log files.
///
/// It goes by the names that secrets stand behind and by the forms that they have. What has neither, it cannot see; it
/// masks rather too much than too little. The cost is linear in the length of a text.
package struct Redactor: Sendable {
    /// Matches of one pattern in one text; where there are more, the rest of the text is withheld, so that the time
    /// that a text can cost is bounded.
    static let mostMatches = 100_000
    /// Bytes at either side of a gap that may hold part of a secret, where no line ends nearer.
    static let edge = 4_096

    private let names: [(pattern: LinearPattern, extent: SecretExtent)]
    private let forms: [LinearPattern]
    private let keys: KeyBlocks?

    /// Creates a redactor.
    ///
    /// - Parameters:
    ///   - redaction: Whether it looks for the usual names and forms.
    ///   - patterns: RE2 patterns of what is masked besides, whole matches.
    /// - Throws: `LinearPatternError` for a pattern that is none.
    package init(
        _ redaction: EvidenceCollection.Redaction = .standard, patterns: [String] = []
    ) throws(LinearPatternError) {
        var names: [(pattern: LinearPattern, extent: SecretExtent)] = []
        var forms: [LinearPattern] = []
        for pattern in patterns { forms.append(try LinearPattern(pattern)) }
        guard redaction == .standard else {
            (self.names, self.forms, keys) = ([], forms, nil)
            return
        }
        for (pattern, extent) in SecretExtent.names { names.append((try LinearPattern(pattern), extent)) }
        for pattern in SecretExtent.forms { forms.append(try LinearPattern(pattern)) }
        (self.names, self.forms, keys) = (names, forms, try KeyBlocks())
    }

    /// Whether nothing is looked for.
    private var isIdle: Bool { names.isEmpty && forms.isEmpty }

    /// The text with what looks like a secret replaced.
    package func redacted(_ text: String) -> String {
        String(decoding: redacted(Array(text.utf8)), as: UTF8.self)
    }

    /// The bytes with what looks like a secret replaced.
    package func redacted(_ bytes: [UInt8]) -> [UInt8] {
        if isIdle { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var done = 0
        for range in secrets(in: bytes) {
            result += bytes[done..<range.lowerBound]
            result += SecretMask.mask.utf8
            done = range.upperBound
        }
        return result + bytes[done...]
    }

    /// The beginning and the end of a text with a gap between them. What stands next to the gap may be part of a secret
    /// whose name, or whose rest, fell into the gap; it is dropped to the nearest line's end.
    ///
    /// - Returns: The two parts, and how many bytes are gone with the gap's edges.
    package func redacted(head: [UInt8], tail: [UInt8]) -> (head: [UInt8], tail: [UInt8], dropped: Int) {
        if isIdle { return (head, tail, 0) }
        let lineEnd = UInt8(ascii: "\n")
        let kept = head.lastIndex(of: lineEnd).map { $0 + 1 } ?? max(0, head.count - Self.edge)
        let begin = tail.firstIndex(of: lineEnd).map { $0 + 1 } ?? min(tail.count, Self.edge)
        return (
            redacted(Array(head[..<kept])), redacted(Array(tail[begin...])), head.count - kept + begin
        )
    }

    /// Where secrets stand, in order and apart from each other.
    private func secrets(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = keys?.ranges(in: bytes) ?? []
        for (pattern, extent) in names {
            let matches = pattern.ranges(in: bytes.span, limit: Self.mostMatches)
            found += matches.map { extent.secret(behind: $0, in: bytes) }
            if matches.count == Self.mostMatches, let last = matches.last {
                found.append(last.lowerBound..<bytes.count)
            }
        }
        for pattern in forms {
            let matches = pattern.ranges(in: bytes.span, limit: Self.mostMatches)
            found += matches
            if matches.count == Self.mostMatches, let last = matches.last {
                found.append(last.lowerBound..<bytes.count)
            }
        }
        var merged: [Range<Int>] = []
        for range in found.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// Finds blocks of private keys, from their first line to their last.
private struct KeyBlocks: Sendable {
    private let begin: LinearPattern
    private let end: LinearPattern

    init() throws(LinearPatternError) {
        begin = try LinearPattern("-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----")
        end = try LinearPattern("-----END [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----")
    }

    /// A block without its end goes to the end of the text, an end without its block begins with the text.
    func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        let begins = begin.ranges(in: bytes.span, limit: Redactor.mostMatches)
        let ends = end.ranges(in: bytes.span, limit: Redactor.mostMatches)
        var ranges: [Range<Int>] = []
        if let first = ends.first, begins.first.map({ $0.lowerBound > first.lowerBound }) ?? true {
            ranges.append(0..<first.upperBound)
        }
        var next = ends[...]
        for start in begins where start.lowerBound >= ranges.last?.upperBound ?? 0 {
            next = next.drop { $0.lowerBound < start.upperBound }
            ranges.append(start.lowerBound..<(next.first?.upperBound ?? bytes.count))
        }
        return ranges
    }
}
