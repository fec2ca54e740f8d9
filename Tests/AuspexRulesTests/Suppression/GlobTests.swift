import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Patterns with stars")
struct GlobTests {
    private static let meanings: [(pattern: String, text: String, fits: Bool)] = [
        ("db-*", "db-1", true), ("db-*", "db-", true), ("db-*", "xdb-1", false), ("db-?", "db-12", false),
        ("db-?", "db-1", true), ("?", "", false), ("*", "", true), ("", "", true), ("", "a", false),
        ("a.b", "axb", false), (#"a\*"#, "a*", true), (#"a\*"#, "ab", false), (#"\?"#, "?", true),
        (#"\?"#, "x", false), (#"c:\\*"#, #"c:\temp"#, true), ("*a*b", "xxaxxbxb", true), ("**", "abc", true),
        ("?é", "xé", true), ("?", "👩‍🚀", false), ("[ab]", "a", false), ("A", "a", false),
    ]

    @Test("mean what they say", arguments: meanings)
    func meaning(pattern: String, text: String, fits: Bool) throws {
        #expect(try Glob(pattern).matches(text) == fits)
    }

    @Test(
        "a backslash takes the meaning of a star, a question mark and itself alone",
        arguments: [(#"a\d"#, 1), (#"abc\"#, 3), (#"\\\x"#, 2)])
    func escapes(pattern: String, offset: Int) throws {
        do throws(Glob.Mistake) {
            _ = try Glob(pattern)
            Issue.record("\(pattern) was accepted")
        } catch {
            #expect(error.offset == offset)
            #expect(error.reason.contains(#"write '\\'"#))
        }
    }

    @Test("fit as trying everything does")
    func equivalence() throws {
        var generator = SplitMix64(seed: 5)
        func naive(_ pattern: Substring, _ text: Substring) -> Bool {
            switch pattern.first {
            case nil: text.isEmpty
            case "*": naive(pattern.dropFirst(), text) || (!text.isEmpty && naive(pattern, text.dropFirst()))
            case "?": !text.isEmpty && naive(pattern.dropFirst(), text.dropFirst())
            case let character: text.first == character && naive(pattern.dropFirst(), text.dropFirst())
            }
        }
        var fits = 0
        for _ in 0..<20_000 {
            let pattern = String(
                (0..<Int.random(in: 0...6, using: &generator)).compactMap { _ in
                    "ab*?*".randomElement(using: &generator)
                })
            let text = String(
                (0..<Int.random(in: 0...7, using: &generator)).compactMap { _ in
                    "ab".randomElement(using: &generator)
                })
            let expected = naive(pattern[...], text[...])
            #expect(try Glob(pattern).matches(text) == expected, "\(pattern) \(text)")
            fits += expected ? 1 : 0
        }
        #expect(fits > 1_000)
    }
}
