/// A version of the engine, in the form of Semantic Versioning 2.0.0: `0.2.0`, `1.0.0-beta.2`. What stands after a `+` says
/// nothing of the order and is dropped.
package struct EngineVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Incompatible changes, additions, and mends.
    package let major, minor, patch: UInt32
    /// The parts of what stands after a hyphen; empty for a release.
    package let preRelease: [String]

    /// This version.
    package static let current = EngineVersion(major: 0, minor: 1, patch: 0)

    /// Creates the version of a release.
    package init(major: UInt32, minor: UInt32, patch: UInt32) {
        (self.major, self.minor, self.patch) = (major, minor, patch)
        preRelease = []
    }

    /// Reads a version; nil for anything else, also where numbers begin with zeros or are larger than 32 bits.
    package init?(_ text: String) {
        let halves = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count > 1, !Self.parts(halves[1]).allSatisfy(Self.isName) { return nil }
        let parts = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = Self.parts(parts[0]).map(Self.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        preRelease = parts.count > 1 ? Self.parts(parts[1]).map(String.init) : []
        // A number in a pre-release begins with no zero either, or two texts would stand for one version.
        let isCanonical = preRelease.allSatisfy { part in
            Self.isName(part[...]) && !(Self.isNumeric(part) && part.count > 1 && part.first == "0")
        }
        guard isCanonical else { return nil }
        (self.major, self.minor, self.patch) = (major, minor, patch)
    }

    private static func parts(_ text: Substring) -> [Substring] {
        text.split(separator: ".", omittingEmptySubsequences: false)
    }

    private static func number(_ text: Substring) -> UInt32? {
        guard isNumeric(String(text)), text.count == 1 || text.first != "0" else { return nil }
        return UInt32(text)
    }

    private static func isNumeric(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    /// Semantic Versioning's order (§ 11): a pre-release comes before its release, numbers before names, numbers by value,
    /// names by their bytes, and the shorter of two that begin alike first.
    package static func < (one: EngineVersion, other: EngineVersion) -> Bool {
        let (left, right) = ((one.major, one.minor, one.patch), (other.major, other.minor, other.patch))
        if left != right { return left < right }
        if one.preRelease.isEmpty || other.preRelease.isEmpty {
            return !one.preRelease.isEmpty && other.preRelease.isEmpty
        }
        for (part, otherPart) in zip(one.preRelease, other.preRelease) where part != otherPart {
            return precedes(part, otherPart)
        }
        return one.preRelease.count < other.preRelease.count
    }

    private static func precedes(_ part: String, _ other: String) -> Bool {
        switch (isNumeric(part), isNumeric(other)) {
        // Without zeros in front the longer number is the larger, however long they are.
        case (true, true): (part.count, part) < (other.count, other)
        case (true, false): true
        case (false, true): false
        case (false, false): part.utf8.lexicographicallyPrecedes(other.utf8)
        }
    }

    /// As it is written.
    package var description: String {
        "\(major).\(minor).\(patch)" + (preRelease.isEmpty ? "" : "-" + preRelease.joined(separator: "."))
    }
}
