import AuspexTesting
import Testing

@testable import AuspexPatterns

@Suite("Patterns are found in linear time")
struct LinearPatternTests {
    @Test(
        "a pattern is found anywhere in a text",
        arguments: [
            ("b+", "abbbc", true), ("^b", "ab", false), ("", "", true), ("é.", "café!", true),
            ("(?i)ERROR", "an error", true),
            ("\\d{3}", "a12b", false), ("^.$", "é", true), ("a\0b", "xa\0by", true), ("\\bok\\b", "not ok.", true),
        ])
    func finds(pattern: String, text: String, isFound: Bool) throws {
        #expect(try LinearPattern(pattern).matches(in: text) == isFound)
    }

    @Test("a wrong pattern is told", arguments: ["(", "a{2,1}", "[z-a]", "\\1", "(?=a)", "*"])
    func refuses(pattern: String) {
        let error = #expect(throws: LinearPatternError.self) { try LinearPattern(pattern) }
        #expect(error?.description.hasPrefix("not a regular expression: ") ?? false)
    }

    @Test("a pattern that would take too much memory is refused")
    func refusesLarge() {
        #expect(throws: LinearPatternError.self) { try LinearPattern("((((a{1,100}){1,100}){1,100}){1,100})") }
        #expect(throws: LinearPatternError.self) { try LinearPattern(String(repeating: "a", count: 20_000)) }
        #expect(throws: LinearPatternError.self) { try LinearPattern(String(repeating: "(", count: 10_000)) }
    }

    @Test("one pattern may be used by many tasks at once")
    func isShared() async throws {
        let pattern = try LinearPattern("x[0-9]+y")
        let counts = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask { (0..<500).count { pattern.matches(in: "x\($0)\($0 % 8 == task ? "y" : "z")") } }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts.reduce(0, +) == 500)
    }

    @Test(
        "all matches are found from the left, apart from each other, without the empty ones",
        arguments: [
            ("[0-9]+", "a12b3", [1..<3, 4..<5]), ("a*", "baac", [1..<3]), ("aa", "aaaaa", [0..<2, 2..<4]),
            ("^a", "aa", [0..<1]), ("x", "", []), ("é", "éé", [0..<2, 2..<4]),
        ])
    func ranges(pattern: String, text: String, expected: [Range<Int>]) throws {
        #expect(try LinearPattern(pattern).ranges(in: Array(text.utf8).span, limit: 10) == expected)
    }

    @Test("matches are bounded in number, and bytes that are no text match nothing")
    func bounds() throws {
        #expect(try LinearPattern("a").ranges(in: Array("aaaa".utf8).span, limit: 2).count == 2)
        #expect(try LinearPattern(".").ranges(in: [0xff, 0x61, 0xfe].span, limit: 9) == [1..<2])
    }
}
