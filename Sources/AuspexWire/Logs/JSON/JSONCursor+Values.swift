import AuspexSignals

extension JSONCursor {
    /// Reads any value.
    mutating func value() throws(LogWireError) -> JSONValue {
        switch try kind() {
        case .string: return .string(try string())
        case .bool: return .bool(try bool())
        case .null:
            try null()
            return .null
        case .number:
            let text = try number()
            if let number = Int64(text) { return .int(number) }
            return .double(Double(text) ?? .nan)
        case .array:
            var elements: [JSONValue] = []
            try array { cursor, _ throws(LogWireError) in elements.append(try cursor.value()) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try object { cursor, name throws(LogWireError) in members[name] = try cursor.value() }
            return .object(members)
        }
    }
}

extension JSONValue {
    /// The value as an attribute or a body shows it: text as it is, objects and arrays as JSON; nil for null.
    var plainText: String? {
        switch self {
        case .null: nil
        case .string(let text): text
        case .double(let number) where !number.isFinite: "\(number)"
        default: canonicalText
        }
    }
}
