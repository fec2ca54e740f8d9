/// Reads `git blame --porcelain`.
enum BlamedCommits {
    private static let nameLength = 40

    /// The object names that lines are blamed on.
    static func names(in text: String) -> Set<String> {
        var names: Set<String> = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            // A line's content begins with a TAB, and no other line of a header with an object name.
            let name = line.prefix { $0 != UInt8(ascii: " ") }
            guard name.count >= nameLength, name.count < line.count, name.allSatisfy(isHexadecimal) else { continue }
            names.insert(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
