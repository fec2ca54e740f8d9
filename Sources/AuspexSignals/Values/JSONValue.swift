public import Foundation

/// Any JSON value, with whole numbers kept apart from others.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number that fits 64 bits, also when it is written as `1.0` or `1e2`.
    case int(Int64)
    /// Any other number.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object; the order of its members is not kept.
    case object([String: JSONValue])

    /// Parses one JSON text. Nesting over 512 levels is refused by the parser below.
    ///
    /// - Throws: ``JSONError`` with what is wrong and, where the parser tells, where.
    public init(parsing text: Data) throws(JSONError) {
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: text)
        } catch DecodingError.dataCorrupted(let context) {
            let cause = context.underlyingError.map { " (\($0.localizedDescription))" } ?? ""
            throw JSONError(reason: context.debugDescription + cause)
        } catch {
            throw JSONError(reason: "\(error)")
        }
    }

    /// Parses one JSON text.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Data(text.utf8))
    }

    /// The member `name` of an object; nil for anything else and for a missing member.
    public subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The string, if it is one.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The number as a double, if it is a number.
    public var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    /// The whole number, if it is one.
    public var int: Int64? {
        switch self {
        case .int(let number): number
        case .double(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// The truth value, if it is one.
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// The elements, if it is an array.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The members, if it is an object.
    public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
}

/// Why a text is not JSON.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let reason: String

    /// What is wrong, after the words `not valid JSON`.
    public var description: String { "not valid JSON: \(reason)" }
}
