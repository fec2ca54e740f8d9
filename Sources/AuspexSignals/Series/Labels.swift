#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The name/value pairs that identify a series, sorted by name, each name once.
///
/// A missing label and one with an empty value are the same thing, as in Prometheus: empty values are dropped.
public struct Labels: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The name that holds the metric's own name.
    public static let metricName = "__name__"

    /// One name with its value.
    public struct Pair: Hashable, Sendable {
        /// The label's name, not empty.
        public let name: String
        /// The label's value, not empty.
        public let value: String

        /// Puts a name and a value together.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// Whether this pair's name comes before the other's, by their bytes.
        fileprivate func precedes(_ other: Pair) -> Bool {
            let (one, two) = (name.utf8, other.name.utf8)
            let fast = one.withContiguousStorageIfAvailable { left in
                two.withContiguousStorageIfAvailable { right in
                    guard let start = left.baseAddress, let other = right.baseAddress else {
                        return left.count < right.count
                    }
                    let order = memcmp(start, other, min(left.count, right.count))
                    return order == 0 ? left.count < right.count : order < 0
                }
            }
            return fast.flatMap { $0 } ?? one.lexicographicallyPrecedes(two)
        }
    }

    /// The pairs, in ascending order of the names' UTF-8 bytes.
    public let pairs: [Pair]

    /// Creates labels from a dictionary.
    public init(_ dictionary: [String: String] = [:]) {
        pairs =
            dictionary
            .filter { !$0.key.isEmpty && !$0.value.isEmpty }
            .map { Pair(name: $0.key, value: $0.value) }
            .sorted { $0.precedes($1) }
    }

    /// Creates labels from pairs, which is quick when they are in order already, each name once and no value empty. Else
    /// they are put in order; of pairs with the same name the last one counts.
    package init(pairs: [Pair]) {
        let areCanonical =
            pairs.allSatisfy { !$0.name.isEmpty && !$0.value.isEmpty }
            && zip(pairs, pairs.dropFirst()).allSatisfy { $0.precedes($1) }
        self.pairs =
            areCanonical ? pairs : Labels(Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last }).pairs
    }

    /// Reads a JSON object of strings.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: String].self))
    }

    /// Writes a JSON object of strings.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(dictionary)
    }

    /// The value of `name`, or nil. Linear in the number of labels, which is small.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// The metric's name, empty when the series has none.
    public var name: String { self[Self.metricName] ?? "" }

    /// The pairs as a dictionary.
    public var dictionary: [String: String] {
        Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
    }

    /// The labels with `value` for `name` added or replaced; an empty value removes it.
    public func setting(_ name: String, to value: String) -> Labels {
        var copy = dictionary
        copy[name] = value
        return Labels(copy)
    }

    /// Only the labels of these names; those that are missing stay missing.
    public func projected(onto names: [String]) -> Labels {
        Labels(dictionary.filter { names.contains($0.key) })
    }

    /// The canonical bytes.
    public var key: SeriesKey { SeriesKey(self) }

    /// The stable 64-bit identifier.
    public var id: SeriesID { SeriesID(self) }

    /// The series as Prometheus writes it: `up{instance="a",job="b"}`.
    public var description: String {
        let rest = pairs.filter { $0.name != Self.metricName }
        guard !rest.isEmpty || name.isEmpty else { return name }
        return name + "{" + rest.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: ",") + "}"
    }

    private func quoted(_ value: String) -> String {
        var text = "\""
        for character in value.unicodeScalars {
            switch character {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text + "\""
    }
}

/// The canonical bytes of a series: names and values in order, each ended by the byte 0xff, which UTF-8 never contains.
public struct SeriesKey: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Writes the canonical form of `labels`.
    public init(_ labels: Labels) {
        var bytes: [UInt8] = []
        for pair in labels.pairs {
            bytes.append(contentsOf: pair.name.utf8)
            bytes.append(0xff)
            bytes.append(contentsOf: pair.value.utf8)
            bytes.append(0xff)
        }
        self.bytes = bytes
    }
}

/// A stable 64-bit hash of a series' canonical bytes, the same on every machine and in every release.
public struct SeriesID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// The hash.
    public let value: UInt64

    /// The identifier of the series with these labels.
    public init(_ labels: Labels) {
        var hash = StableHash()
        hash.combine(SeriesKey(labels).bytes)
        value = hash.value
    }

    /// The partition in `0..<count` that this series belongs to.
    public func partition(of count: Int) -> Int { Int(value % UInt64(count)) }

    /// Sixteen hexadecimal digits.
    public var description: String { hexadecimal(value) }

    /// Orders by the hash.
    public static func < (left: SeriesID, right: SeriesID) -> Bool { left.value < right.value }
}
