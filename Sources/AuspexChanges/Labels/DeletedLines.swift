/// The lines that a change took away or replaced, from `git diff --unified=0`.
struct DeletedLines: Hashable, Sendable {
    /// Line numbers in each file as it was before, by its path then; only lines that hold a letter or a digit.
    private(set) var ranges: [String: [ClosedRange<Int>]] = [:]

    /// Reads the diff. Files whose path git had to quote are left out.
    init(diff: String) {
        var path: String?
        var lines = diff.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            if line.starts(with: "--- ".utf8) {
                path = Self.path(line.dropFirst(4))
            } else if line.starts(with: "@@ ".utf8), let hunk = Hunk(line) {
                // What a hunk holds may look like a header, so it is counted off.
                let deleted = lines.prefix(hunk.deleted)
                lines = lines.dropFirst(hunk.deleted)
                lines = lines.dropFirst(lines.prefix(hunk.added).count)
                guard let path else { continue }
                for (offset, text) in deleted.enumerated() where Self.says(text) {
                    add(hunk.first + offset, to: path)
                }
            }
        }
    }

    private mutating func add(_ line: Int, to path: String) {
        var known = ranges[path] ?? []
        if let last = known.last, last.upperBound == line - 1 {
            known[known.count - 1] = last.lowerBound...line
        } else {
            known.append(line...line)
        }
        ranges[path] = known
    }

    private static func path(_ text: Substring.UTF8View.SubSequence) -> String? {
        let name = String(decoding: text, as: UTF8.self)
        // `a/` is git's prefix; /dev/null stands for a new file; git ends names that hold blanks with a TAB.
        guard name.hasPrefix("a/") else { return nil }
        return String(name.dropFirst(2).prefix { $0 != "\t" })
    }

    /// Whether a line, its leading minus included, holds more than brackets and blanks.
    private static func says(_ line: Substring.UTF8View.SubSequence) -> Bool {
        line.dropFirst().contains { byte in
            byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }

    /// `@@ -first,deleted +first,added @@`; a number that is left out is 1.
    private struct Hunk {
        var first: Int
        var deleted: Int
        var added: Int

        init?(_ line: Substring.UTF8View.SubSequence) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard words.count >= 3, words[1].first == "-", words[2].first == "+" else { return nil }
            func numbers(_ word: Substring) -> (Int, Int)? {
                let parts = word.dropFirst().split(separator: ",").map { Int($0) }
                guard let first = parts.first ?? nil, first >= 0 else { return nil }
                guard parts.count > 1 else { return (first, 1) }
                return parts[1].flatMap { $0 >= 0 ? (first, $0) : nil }
            }
            guard let before = numbers(words[1]), let after = numbers(words[2]) else { return nil }
            (first, deleted, added) = (before.0, before.1, after.1)
        }
    }
}
