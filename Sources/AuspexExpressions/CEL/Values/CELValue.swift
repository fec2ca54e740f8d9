package import AuspexSignals

/// A value of the Common Expression Language.
///
/// `==` on this type is Swift's: same kind, same content. The language's own equality, in which `1 == 1.0` holds, is
/// `CELEquality`.
package enum CELValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A signed 64-bit number; overflow is an error.
    case int(Int64)
    /// An unsigned 64-bit number; overflow is an error.
    case uint(UInt64)
    /// An IEEE 754 double.
    case double(Double)
    /// A sequence of Unicode scalars; never compared with Swift's `==`, which normalises.
    case string(String)
    /// A sequence of bytes.
    case bytes([UInt8])
    /// A list of any values.
    case list(CELList)
    /// A map with keys that are bools, whole numbers or strings.
    case map(CELMap)
    /// A moment between the years 1 and 9999, to the nanosecond.
    case timestamp(CELTimestamp)
    /// A length of time, to the nanosecond.
    case duration(CELDuration)
    /// An address of the internet protocol.
    indirect case address(CELAddress)
    /// A range of such addresses.
    indirect case network(CELNetwork)
    /// A type as a value, such as the result of `type(1)`.
    case type(CELType)
    /// A value that may be absent.
    indirect case optional(CELValue?)

    /// The type as the language names it.
    package var type: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .map: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .address: .address
        case .network: .network
        case .type: .type
        case .optional: .optional
        }
    }
}

extension CELValue {
    /// A list of `elements`.
    package static func list(_ elements: [CELValue]) -> CELValue { .list(CELList(elements)) }

    /// A map with string keys.
    package static func map(_ members: [String: CELValue]) -> CELValue { .map(CELMap(members)) }

    /// The moment; clamped to the years 1 to 9999.
    package init(_ moment: Timestamp) {
        self = .timestamp(CELTimestamp(moment))
    }

    /// The length of time; clamped to about ±292 years.
    package init(_ span: TimeSpan) {
        self = .duration(CELDuration(span))
    }
}

/// The name of a type, which the language lets expressions compare.
package struct CELType: Sendable, Hashable, CustomStringConvertible {
    /// The name in the language.
    package let name: String

    /// `null_type`.
    package static let null = CELType(name: "null_type")
    /// `bool`.
    package static let bool = CELType(name: "bool")
    /// `int`.
    package static let int = CELType(name: "int")
    /// `uint`.
    package static let uint = CELType(name: "uint")
    /// `double`.
    package static let double = CELType(name: "double")
    /// `string`.
    package static let string = CELType(name: "string")
    /// `bytes`.
    package static let bytes = CELType(name: "bytes")
    /// `list`.
    package static let list = CELType(name: "list")
    /// `map`.
    package static let map = CELType(name: "map")
    /// `google.protobuf.Timestamp`, the name that the language specification gives.
    package static let timestamp = CELType(name: "google.protobuf.Timestamp")
    /// `google.protobuf.Duration`, the name that the language specification gives.
    package static let duration = CELType(name: "google.protobuf.Duration")
    /// `net.IP`, the name that the extension for networks gives.
    package static let address = CELType(name: "net.IP")
    /// `net.CIDR`, the name that the extension for networks gives.
    package static let network = CELType(name: "net.CIDR")
    /// `type`.
    package static let type = CELType(name: "type")
    /// `optional_type`.
    package static let optional = CELType(name: "optional_type")

    /// The types that an expression may name.
    static let named: [String: CELType] = Dictionary(
        uniqueKeysWithValues: [
            null, bool, int, uint, double, string, bytes, list, map, timestamp, duration, address, network, type,
            optional,
        ].map { ($0.name, $0) })

    /// The name after `a` or `an`.
    var withArticle: String { ("aeiou".contains(name.prefix(1)) && name != "uint" ? "an " : "a ") + name }

    package var description: String { name }
}
