import AuspexSignals

extension JSONValue {
    /// Whether there may be values in it.
    var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// How many bytes `canonicalText` has, without building it.
    var canonicalBytes: Int {
        switch self {
        case .string(let text): Self.quotedBytes(text)
        case .array(let elements): elements.reduce(2 + max(0, elements.count - 1)) { $0 + $1.canonicalBytes }
        case .object(let members):
            members.reduce(2 + max(0, members.count - 1)) {
                $0 + Self.quotedBytes($1.key) + 1 + $1.value.canonicalBytes
            }
        default: canonicalText.utf8.count
        }
    }

    private static func quotedBytes(_ text: String) -> Int {
        text.utf8.reduce(2) { count, byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                count + 2
            case ..<0x20: count + 6
            default: count + 1
            }
        }
    }
}
