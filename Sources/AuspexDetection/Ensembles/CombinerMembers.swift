/// The members of a combination as a user writes them: `mad+knn(k=5;window=64)+pca`.
///
/// Inside a member's parentheses a semicolon stands for the comma, since commas separate the combination's own parameters.
/// A member may be a combination itself: `combine(members=mad+zscore;by=max)+knn`.
struct CombinerMembers: Sendable {
    /// Members of one combination; each runs over the whole table.
    static let most = 32
    /// How deep parentheses may be nested: combinations of combinations of combinations.
    static let deepest = 3

    /// One member.
    struct Member: Sendable, Hashable {
        /// As the user wrote it, without blanks around it.
        var name: String
        /// As the registry takes it: `knn:k=5,window=64`.
        var specification: String
        /// Where it begins in the list, counted in characters from 1.
        var column: Int
    }

    let members: [Member]

    /// - Throws: ``DetectorError/malformedSpecification(text:column:reason:)``, whose text is the list.
    init(_ text: String) throws(DetectorError) {
        var parts: [(text: Substring, column: Int)] = []
        var (start, startColumn) = (text.startIndex, 1)
        var open: [Int] = []
        for (offset, index) in text.indices.enumerated() {
            let column = offset + 1
            switch text[index] {
            case "(":
                open.append(column)
                guard open.count <= Self.deepest else {
                    throw Self.malformed(text, column, "parentheses are nested deeper than \(Self.deepest)")
                }
            case ")":
                guard open.popLast() != nil else {
                    throw Self.malformed(text, column, "')' closes nothing")
                }
            case "+" where open.isEmpty:
                parts.append((text[start..<index], startColumn))
                (start, startColumn) = (text.index(after: index), column + 1)
            default: break
            }
        }
        if let column = open.last { throw Self.malformed(text, column, "this '(' is not closed") }
        parts.append((text[start...], startColumn))
        guard parts.count <= Self.most else {
            throw Self.malformed(text, parts[Self.most].column, "more than \(Self.most) members")
        }
        var members: [Member] = []
        for part in parts { members.append(try Self.member(part.text, column: part.column, of: text)) }
        self.members = members
    }

    private static func member(_ part: Substring, column: Int, of text: String) throws(DetectorError) -> Member {
        let blanks = part.prefix { $0.isWhitespace }.count
        let column = column + blanks
        var trimmed = part.dropFirst(blanks)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        guard !trimmed.isEmpty else {
            throw malformed(text, column, "a member is missing; write members=mad+knn(k=5;window=64)")
        }
        guard let open = trimmed.firstIndex(of: "(") else {
            return Member(name: String(trimmed), specification: String(trimmed), column: column)
        }
        guard trimmed.last == ")", open != trimmed.startIndex else {
            throw malformed(
                text, column, "'\(trimmed)' is not a name, or a name with parameters such as knn(k=5;window=64)")
        }
        let inner = trimmed[trimmed.index(after: open)...].dropLast()
        let name = trimmed[..<open]
        let specification = inner.allSatisfy(\.isWhitespace) ? String(name) : "\(name):\(commas(inner))"
        return Member(name: String(trimmed), specification: specification, column: column)
    }

    /// Semicolons become commas, but for those inside further parentheses.
    private static func commas(_ text: Substring) -> String {
        var depth = 0
        return String(
            text.map { character -> Character in
                switch character {
                case "(": depth += 1
                case ")": depth -= 1
                case ";" where depth == 0: return ","
                default: break
                }
                return character
            })
    }

    static func malformed(_ text: String, _ column: Int, _ reason: String) -> DetectorError {
        .malformedSpecification(text: text, column: column, reason: reason)
    }
}
