/// A `Content-Type` (RFC 9110, 8.3.1): type and subtype in small letters; parameters are checked for their form only.
package struct MediaType: Hashable, Sendable {
    /// `type/subtype`, in small letters.
    package let essence: String

    /// Reads a header's value; nil when it is malformed.
    package init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        essence = parts[0].lowercased()
        let halves = essence.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy(Self.isToken) else { return nil }
        for (number, parameter) in parts.enumerated().dropFirst() {
            // A semicolon at the end is common.
            if parameter.isEmpty, number == parts.count - 1 { continue }
            let halves = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, Self.isToken(halves[0]), Self.isValue(halves[1]) else { return nil }
        }
    }

    private static func isValue(_ text: Substring) -> Bool {
        isToken(text) || (text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\""))
    }

    private static func isToken(_ text: Substring) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte)
            }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }

    /// A header's value as it may stand in a message: short and printable.
    package static func shown(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.filter { (0x20...0x7e).contains($0.value) }.prefix(100)))
    }
}
