extension DeploymentQuestion {
    /// So many bytes of a text are kept in an identifier made of it.
    private static let longestID = 160

    /// An identifier made of a text, of characters that may stand in a path as they are but that `/` becomes `~`. One that
    /// had to be changed more than that has a hash of the whole text at its end.
    package static func plainID(_ text: String) -> String {
        let isKept = text.utf8.count <= longestID && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "/") }
        let plain = String(
            decoding: text.utf8.prefix(longestID).map { isPlain($0) ? $0 : UInt8(ascii: "~") }, as: UTF8.self)
        if isKept { return plain }
        var hash = StableHash()
        hash.combine(text)
        return plain + "~" + String(hash.value, radix: 16)
    }

    /// Whether a byte may stand in a path as it is (RFC 3986, unreserved, and the colon).
    package static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
