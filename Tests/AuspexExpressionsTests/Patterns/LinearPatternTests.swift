import AuspexTesting
import Testing

@testable import AuspexExpressions

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
}

@Suite("Text is compared by its scalars")
struct ScalarTextTests {
    @Test(
        "searching agrees with a naive search", arguments: 0..<10 as Range<UInt64>)
    func searches(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in ["a", "b", "é"].randomElement(using: &random) ?? "a" }.joined())
        }
        for _ in 0..<200 {
            let whole = text(Int.random(in: 0...12, using: &random))
            let part = text(Int.random(in: 0...3, using: &random))
            let bytes = Array(whole.utf8)
            let naive = (0...bytes.count).first { bytes[$0...].starts(with: part.utf8) }
            #expect(whole.firstByteOffset(of: part) == naive)
            #expect(whole.containsScalars(of: part) == (naive != nil))
        }
    }

    @Test("equal looks are not equal scalars")
    func noNormalisation() {
        #expect(!"\u{E9}".hasSameScalars(as: "e\u{301}"))
        // Both spellings have three bytes and look alike.
        #expect(!"\u{212B}".hasSameScalars(as: "A\u{30A}"))
        #expect("e\u{301}".startsWithScalars(of: "e"))
        #expect("e\u{301}".endsWithScalars(of: "\u{301}"))
    }
}
