import CRE2

/// A regular expression in RE2's syntax, searched in time linear in the text, whatever the pattern.
///
/// A class because it owns memory of the C++ library that has to be freed once, when the last user lets go.
package final class LinearPattern: Sendable {
    /// The longest pattern that is accepted, in bytes. Rules are short; a longer one is a mistake or an attack.
    package static let longestPattern = 16_384
    /// Bytes that one pattern's program and automata may take: the library's own default, 8 MiB.
    package static let memoryLimit: Int64 = 8 << 20

    /// The library says that a compiled expression may be used from several threads; nothing here changes it.
    fileprivate nonisolated(unsafe) let expression: OpaquePointer

    /// Instructions of the compiled pattern. A search costs at most this number times the length of the text, when the
    /// automaton has more states than its memory holds, and mostly far less.
    package let programSize: Int

    /// Compiles `pattern`.
    ///
    /// - Parameters:
    ///   - pattern: The regular expression.
    ///   - memoryLimit: Bytes that its program and automata may take.
    /// - Throws: ``LinearPatternError`` with the library's reason.
    package init(_ pattern: String, memoryLimit: Int64 = LinearPattern.memoryLimit) throws(LinearPatternError) {
        let length = pattern.utf8.count
        guard length <= Self.longestPattern else {
            throw LinearPatternError(
                reason: "it has \(length) bytes; at most \(Self.longestPattern) are accepted")
        }
        var text = pattern
        let compiled = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                auspex_re2_compile($0.baseAddress, $0.count, memoryLimit)
            }
        }
        guard let compiled else { throw LinearPatternError(reason: "there is not enough memory for it") }
        if let reason = auspex_re2_error(compiled) {
            let error = LinearPatternError(reason: String(cString: reason))
            auspex_re2_free(compiled)
            throw error
        }
        expression = compiled
        programSize = Int(auspex_re2_program_size(compiled))
    }

    deinit {
        auspex_re2_free(expression)
    }

    /// Whether the pattern matches anywhere in `text`. O(length of the text).
    package func matches(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                auspex_re2_partial_match(expression, $0.baseAddress, $0.count)
            }
        }
    }
}

extension LinearPattern {
    /// The bytes of the matches in `text`, from the left and apart from each other, at most `limit` of them. Bytes that
    /// are not UTF-8 match nothing. Empty matches are left out.
    package func ranges(in text: Span<UInt8>, limit: Int) -> [Range<Int>] {
        text.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var ranges: [Range<Int>] = []
                var from = 0
                var (start, end) = (0, 0)
                while ranges.count < limit,
                    auspex_re2_find(expression, characters.baseAddress, characters.count, from, &start, &end)
                {
                    if end > start { ranges.append(start..<end) }
                    from = max(end, start + 1)
                }
                return ranges
            }
        }
    }
}

/// Why a text is no regular expression.
package struct LinearPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let reason: String

    package var description: String { "not a regular expression: \(reason)" }
}
