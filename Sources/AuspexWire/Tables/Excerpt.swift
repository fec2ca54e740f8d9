#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Short pieces of foreign text for messages.
package enum Excerpt {
    /// Longer text is cut here and ends in an ellipsis.
    package static let limit = 40

    /// The text in quotes, shortened, control characters written as escapes.
    package static func quoted(_ text: some StringProtocol) -> String {
        var result = "\""
        for character in text.prefix(limit) {
            for scalar in character.unicodeScalars {
                switch scalar {
                case "\"", "\\": result += "\\\(scalar)"
                case "\n": result += "\\n"
                case "\r": result += "\\r"
                case "\t": result += "\\t"
                case let scalar where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + (text.dropFirst(limit).isEmpty ? "" : "…") + "\""
    }

    /// The bytes as text in quotes; what is not UTF-8 shows as the replacement character.
    package static func quoted(_ bytes: Span<UInt8>) -> String {
        // No character that a person would want to see takes more than 16 bytes on average.
        let shown = bytes.extracting(0..<min(bytes.count, limit * 16))
        return quoted(shown.text)
    }

    /// C0, delete, C1, and the marks that turn the direction of writing.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}

extension Span<UInt8> {
    /// The bytes as text, repaired where they are not UTF-8.
    var text: String {
        withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes as text, or nil when they are not UTF-8.
    var validText: String? {
        withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
    }

    /// The first place of `byte` at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + start, Int32(byte), bytes.count - start).map { UnsafeRawPointer($0) - base }
        }
    }

    /// Whether the bytes are those of `other`, one by one.
    func isEqual(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while index < count {
            if self[index] != other[index] { return false }
            index += 1
        }
        return true
    }

    /// Whether the bytes are `word`, which is in lower case, whatever their own case is.
    func isWord(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            var index = 0
            while index < count {
                let byte = self[index]
                let lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
                if lower != word[index] { return false }
                index += 1
            }
            return true
        }
    }

    /// Where the bytes are without blanks and tabs at both ends.
    var trimmedRange: Range<Int> {
        var start = 0
        var end = count
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}
