/// A version or a commit as it is compared with others: `v1.2` is `1.2`, and a commit goes by its first digits.
package struct VersionName: Hashable, Sendable {
    /// From so many hexadecimal digits on the beginning of a commit stands for the commit.
    package static let shortestCommit = 7

    /// The name without the `v` before a number, of a commit in small letters.
    package let text: String
    /// What all names of the same version have in common; empty for none. Names with the same key are the same version
    /// when one of their texts begins with the other.
    package let key: String

    /// Reads a name.
    package init(_ name: String) {
        let isMarked = name.hasPrefix("v") && name.utf8.dropFirst().first.map(Self.isDigit) ?? false
        let plain = String(isMarked ? name.dropFirst() : name[...])
        let isCommit = plain.utf8.count >= Self.shortestCommit && plain.utf8.allSatisfy(Self.isHexadecimal)
        text = isCommit ? plain.lowercased() : plain
        key = isCommit ? String(text.prefix(Self.shortestCommit)) : plain
    }

    /// Whether both mean the same version; what has no name is nothing's.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (VersionName(left), VersionName(right))
        return !left.key.isEmpty && left.key == right.key
            && (left.text.hasPrefix(right.text) || right.text.hasPrefix(left.text))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
