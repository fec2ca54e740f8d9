import AuspexSignals
import Testing

@Suite("Suggesting a name for a mistyped one")
struct NearestNameTests {
    private let names = ["id", "title", "status", "keep_firing_for", "labels"]

    @Test(
        "the nearest name is a likely misspelling or none",
        arguments: [
            ("stauts", "status"), ("Status", "status"), ("keepfiringfor", "keep_firing_for"), ("xyz", nil), ("", nil),
            ("titel", "title"), ("labls", "labels"), (String(repeating: "a", count: 100_000), nil),
        ] as [(String, String?)])
    func nearest(name: String, expected: String?) {
        #expect(nearestName(to: name, among: names) == expected)
    }

    @Test("the order of the candidates does not matter, and the name itself is no suggestion")
    func order() {
        #expect(nearestName(to: "bat", among: ["rat", "cat", "bat"]) == "cat")
        #expect(nearestName(to: "bat", among: ["cat", "bat", "rat"]) == "cat")
    }

    @Test("a suggestion names the nearest, or all that there are")
    func suggestions() {
        #expect(suggestion(for: "titel", among: names) == "; did you mean 'title'?")
        #expect(suggestion(for: "xyz", among: ["id", "title"]) == "; known: id, title")
        #expect(suggestion(for: "xyz", among: [String]()) == "")
    }
}
