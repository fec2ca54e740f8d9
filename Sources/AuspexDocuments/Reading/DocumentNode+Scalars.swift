package import AuspexSignals

extension DocumentNode {
    /// The whole number that a plain scalar writes in decimal digits, if it fits 64 bits.
    package var int: Int64? {
        guard case .scalar(let text, .plain) = value, Self.isNumber(text, characters: "+-0123456789") else {
            return nil
        }
        return Int64(text)
    }

    /// The finite number that a plain scalar writes in decimal notation.
    package var double: Double? {
        guard case .scalar(let text, .plain) = value, Self.isNumber(text, characters: "+-.eE0123456789"),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    /// Plain `true` or `false`. YAML 1.1's `yes`, `on` and their like are text.
    package var bool: Bool? {
        switch value {
        case .scalar("true", .plain): true
        case .scalar("false", .plain): false
        default: nil
        }
    }

    /// Whether `text` has only these characters and begins like a number, so that `inf`, `nan`, `0x1p3` and `e5`, which
    /// Swift reads as numbers, stay text.
    private static func isNumber(_ text: String, characters: String) -> Bool {
        guard text.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return false }
        return text.utf8.first.map { characters.utf8.contains($0) && $0 | 0x20 != UInt8(ascii: "e") } ?? false
            && text.utf8.allSatisfy { characters.utf8.contains($0) }
    }

    /// The node as JSON by YAML 1.2's core schema: plain `null`, truth values and numbers are recognised, everything
    /// quoted is text.
    package var json: JSONValue {
        switch value {
        case .scalar(let text, _):
            if isNull { return .null }
            if let bool { return .bool(bool) }
            if let int { return .int(int) }
            if let double { return .double(double) }
            return .string(text)
        case .sequence(let elements):
            return .array(elements.map(\.json))
        case .mapping(let entries):
            return .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { first, _ in first })
        }
    }
}
