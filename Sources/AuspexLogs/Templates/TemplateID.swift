import AuspexSignals

/// The identifier of a template: a 64-bit hash of the pattern that the template had when it was first seen.
///
/// The same first line gives the same id on every machine, in every stream and after every restart. An id never changes
/// its meaning: a template that was merged into an older one keeps its id as an alias of the survivor's
/// (``TemplateMiner/resolve(_:)``), and one that was evicted gets its id back when its pattern returns.
public struct TemplateID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// The hash.
    public let value: UInt64

    /// The id of all lines that have no template of their own: free text, see ``TemplateMiner``.
    public static let freeText = TemplateID(0x5445_5854_0000_0000)

    /// Creates the id with this value.
    public init(_ value: UInt64) {
        self.value = value
    }

    /// Reads the 16 hexadecimal digits that ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 16, text.utf8.allSatisfy(\.isHexDigit), let value = UInt64(text, radix: 16) else {
            return nil
        }
        self.value = value
    }

    /// Reads 16 hexadecimal digits: JSON numbers don't hold 64 bits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = TemplateID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a template id is 16 hexadecimal digits")
        }
        self = id
    }

    /// Writes 16 hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Sixteen hexadecimal digits.
    public var description: String { hexadecimal(value) }

    /// The order of the values, which has no meaning beyond being one.
    public static func < (left: TemplateID, right: TemplateID) -> Bool { left.value < right.value }
}
