extension HealthCheck {
    /// The port that `text` says; nil for none from 1 to 65535.
    static func port(_ text: String) -> Int? {
        Int(text).flatMap { (1...65_535).contains($0) ? $0 : nil }
    }

    /// Whether `text` is an absolute path without `.`, `..` and empty parts, so that it says by itself where it leads.
    package static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.hasPrefix("/") && text != "/" && !text.utf8.contains(0)
            && parts.dropFirst().allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// Whether `text` is the name of a unit of systemd (systemd.unit(5)), and no option.
    static func isUnit(_ text: String) -> Bool {
        /// Longest name of a unit in bytes.
        let longest = 255
        let others: Set<UInt8> = Set(":-_.\\@".utf8)
        return !text.isEmpty && text.utf8.count <= longest && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || others.contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
