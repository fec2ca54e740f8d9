import Testing

@testable import AuspexChanges

@Suite struct GitRangeTests {
    @Test(
        "two revisions, one, or one side left to HEAD",
        arguments: [
            ("v1..v2", "v1", "v2"), ("HEAD", nil, "HEAD"), ("main~3", nil, "main~3"), ("..b", "HEAD", "b"),
            ("a..", "a", "HEAD"), ("feature/x..HEAD^", "feature/x", "HEAD^"), ("v1.0..v1.1", "v1.0", "v1.1"),
            ("HEAD@{1}..HEAD", "HEAD@{1}", "HEAD"),
        ] as [(String, String?, String)])
    func accepted(text: String, from: String?, to: String) throws {
        let range = try GitRange(parsing: text)
        #expect(range.from == from && range.to == to && range.description == text)
    }

    @Test(
        "what git could take for something else is refused",
        arguments: [
            "", "..", "a...b", "a..b..c", "a....b", "-x", "--output=/tmp/x..HEAD", "a..-b", "^a", "a..^b", "a b",
            "a..b\n",
            "a\u{0}..b", "a..\u{7f}", String(repeating: "a", count: 1_025),
        ])
    func refused(text: String) {
        let error = #expect(throws: GitError.self) { try GitRange(parsing: text) }
        guard case .malformedRange(text, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("A..B") == true)
    }
}
