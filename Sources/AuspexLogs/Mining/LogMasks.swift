import AuspexPatterns

/// Regular expressions whose matches are variables, whatever the scanner would make of them.
///
/// They are searched in every message, so each costs about as much as the scanner does. A class would be of no use here:
/// the compiled expressions are shared by all copies anyway.
struct LogMasks: Sendable {
    /// The most masks, and the longest, that are accepted.
    static let most = 32
    static let longest = 1_024
    /// Matches in one message that are looked at.
    private static let mostMatches = 64

    private let patterns: [LinearPattern]

    /// No mask.
    init() { patterns = [] }

    /// Compiles the masks.
    ///
    /// - Throws: ``LogConfigurationError`` naming the mask that is no regular expression.
    init(_ texts: [String]) throws(LogConfigurationError) {
        guard texts.count <= Self.most else {
            throw LogConfigurationError(option: "masks", value: "\(texts.count)", allowed: "at most \(Self.most)")
        }
        var patterns: [LinearPattern] = []
        for text in texts {
            guard !text.isEmpty, text.utf8.count <= Self.longest else {
                throw LogConfigurationError(
                    option: "masks", value: "\(text.utf8.count) bytes", allowed: "1 to \(Self.longest) bytes each")
            }
            do throws(LinearPatternError) {
                patterns.append(try LinearPattern(text))
            } catch {
                throw LogConfigurationError(
                    option: "masks", value: text, allowed: "regular expressions in RE2's syntax; \(error.reason)")
            }
        }
        self.patterns = patterns
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// The masked bytes of a message, in order and apart from each other: where two masks match, the earlier one counts.
    func ranges(in line: Span<UInt8>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for pattern in patterns {
            for range in pattern.ranges(in: line, limit: Self.mostMatches)
            where !result.contains(where: { $0.overlaps(range) }) {
                result.append(range)
            }
        }
        return result.sorted { $0.lowerBound < $1.lowerBound }
    }
}
