/// Reads labels: whether a row is anomalous.
enum Truth {
    /// `0`, `1`, `0.0`, `1.0`, `false`, `true`, blanks around it allowed.
    static func read(_ field: Span<UInt8>) throws(TableError.Problem) -> Bool {
        let bytes = field.extracting(field.trimmedRange)
        if bytes.count == 1 {
            if bytes[0] == 0x30 { return false }
            if bytes[0] == 0x31 { return true }
        }
        if bytes.isWord("true") { return true }
        if bytes.isWord("false") { return false }
        if bytes.count > 0 {
            switch DecimalNumber.read(bytes) {
            case .number(0): return false
            case .number(1): return true
            default: break
            }
        }
        throw .notALabel(text: Excerpt.quoted(field))
    }
}
