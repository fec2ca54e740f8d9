import Foundation

/// Measures how deeply a JSON text is nested before a parser, which recurses, gets to see it.
enum JSONNesting {
    /// Whether no more than `limit` objects and arrays are open at once. One pass, no allocation; a text that is not
    /// JSON gets an answer too, its mistakes are the parser's business.
    static func isWithin(_ limit: Int, _ text: Data) -> Bool {
        text.withUnsafeBytes { bytes in
            var depth = 0
            var inString = false
            var escaped = false
            for byte in bytes {
                if inString {
                    if escaped {
                        escaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        escaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        inString = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): inString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    if depth > limit { return false }
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
            return true
        }
    }
}
