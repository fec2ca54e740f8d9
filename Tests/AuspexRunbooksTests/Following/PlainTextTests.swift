import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct PlainTextTests {
    static let texts: [(text: String, line: String)] = [
        ("plain – ä 日本 \u{1f600}", "plain – ä 日本 \u{1f600}"), ("", ""),
        ("\u{1b}[31mred", "\\u{1b}[31mred"), ("a\nb\r\u{0}\u{7f}", "a\\u{a}b\\u{d}\\u{0}\\u{7f}"),
        ("\u{9b}31m", "\\u{9b}31m"), ("abc\u{202e}cba", "abc\\u{202e}cba"), ("a\u{2028}b", "a\\u{2028}b"),
        ("zero\u{200b}width", "zero\\u{200b}width"),
    ]

    @Test("no character of a line can act upon a terminal, and all others stay", arguments: texts)
    func line(text: String, line: String) {
        #expect(PlainText.line(text) == line)
    }

    @Test("lines and tabs stay where a text has several lines")
    func lines() {
        #expect(PlainText.lines("a\tb\r\nc\u{1b}\n") == ["a\tb", "c\\u{1b}", ""])
    }

    @Test("JSON means the same after its escapes, and is one line of characters that do nothing")
    func json() throws {
        var random = SplitMix64(seed: 7)
        let scalars = [
            "a", "\"", "\\", "\u{1b}", "\n", "\u{9b}", "\u{202e}", "\u{2028}", "é", "\u{1f600}", "\u{e0041}",
        ]
        for _ in 0..<200 {
            let text = (0..<8).map { _ in scalars[Int(random.next() % UInt64(scalars.count))] }.joined()
            let value = JSONValue.object(["k": .string(text)])
            let plain = PlainText.json(value.canonicalText)
            #expect(try JSONValue(parsing: plain) == value)
            #expect(PlainText.line(plain) == plain)
        }
    }
}
