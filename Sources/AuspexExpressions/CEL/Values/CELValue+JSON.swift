package import AuspexSignals
import Foundation

extension CELValue {
    /// The value of a JSON value.
    ///
    /// Numbers become doubles, as the language's JSON mapping says, so that `errors / total` never is a whole-number
    /// division just because a producer wrote `3` and not `3.0`. Only whole numbers that a double can't hold, such as
    /// 64-bit ids, become ints. Comparison and equality work across both. O(1): arrays and objects are converted as they
    /// are read.
    package init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = Double(exactly: number).map(CELValue.double) ?? .int(number)
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(CELList(elements))
        case .object(let members): self = .map(CELMap(members))
        }
    }
}

extension JSONValue {
    /// The JSON form of a value of the expression language.
    ///
    /// Unsigned numbers over `Int64.max` become the nearest double; bytes base64 text; a moment its RFC 3339 text; a length
    /// of time seconds with an `s`; an address or a network its text; a type its name; an absent optional null. Map keys become text. A double that is a whole
    /// number and that every reader holds exactly (below 2^53) becomes an int, so that numbers come out as they went in.
    package init(_ value: CELValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .uint(let number): self = Int64(exactly: number).map(JSONValue.int) ?? .double(Double(number))
        case .double(let number):
            let isExact = number.magnitude <= Self.largestExactWhole && !(number == 0 && number.sign == .minus)
            self = isExact ? Int64(exactly: number).map(JSONValue.int) ?? .double(number) : .double(number)
        case .string(let text): self = .string(text)
        case .bytes(let bytes): self = .string(Data(bytes).base64EncodedString())
        case .list(let elements): self = .array(elements.map { JSONValue($0) })
        case .map(let map):
            var members: [String: JSONValue] = [:]
            members.reserveCapacity(map.count)
            for (key, value) in map.entries { members[Self.name(of: key)] = JSONValue(value) }
            self = .object(members)
        case .timestamp(let moment): self = .string(moment.description)
        case .duration(let span): self = .string(span.description)
        case .address(let address): self = .string(address.description)
        case .network(let network): self = .string(network.description)
        case .type(let type): self = .string(type.name)
        case .optional(let wrapped): self = wrapped.map { JSONValue($0) } ?? .null
        }
    }

    /// 2^53: every whole number up to it is a double.
    private static let largestExactWhole = 9_007_199_254_740_992.0

    private static func name(of key: CELValue) -> String {
        switch key {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .uint(let number): String(number)
        default: ""
        }
    }
}
