import AuspexDocuments
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Writing YAML")
struct YAMLTextTests {
    @Test(
        "texts are quoted only where they have to be",
        arguments: [
            ("plain-text_1.a/b", "plain-text_1.a/b"), ("two words", "'two words'"), ("", "''"), ("it's", "'it''s'"),
            ("null", "'null'"), ("No", "'No'"), ("~", "'~'"), ("5m", "'5m'"), ("- a", "'- a'"), ("#a", "'#a'"),
            ("a: b", "'a: b'"),
            ("'\u{301}", "'''\u{301}'"), ("line\nend", "\"line\\nend\""),
            ("\u{1}\"\\\u{2028}\u{85}", "\"\\u0001\\\"\\\\\\u2028\\u0085\""), ("é漢😀", "'é漢😀'"),
        ])
    func quotes(text: String, scalar: String) {
        #expect(YAMLText.scalar(text) == scalar)
    }

    @Test("whatever is written is read back as it was, as a value, as a key and beside comments")
    func roundTrip() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<1_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let range: ClosedRange<UInt32> = Bool.random(using: &random) ? 0x20...0x7E : 0...0x3_00FF
                guard let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) else { continue }
                text.unicodeScalars.append(scalar)
            }
            let document =
                YAMLText.comment(text) + "key: \(YAMLText.scalar(text))\n\(YAMLText.scalar("k" + text)): value\n"
            let root = try #require(try DocumentParser.documents(in: document, file: "f").first?.root, "\(document)")
            #expect(root.entries?.map(\.key) == ["key", "k" + text], "\(document)")
            #expect(root["key"]?.value.text == text, "\(document)")
        }
    }

    @Test("no comment ends before its text")
    func comments() {
        #expect(YAMLText.comment("a\r\nb\u{85}c\u{2028}d\n\n e\t \n\n") == "# a\n# b\n# c\n# d\n#\n#  e\n")
        #expect(YAMLText.comment(" \n") == "")
    }
}

extension DocumentNode.Value {
    /// The text of a scalar.
    fileprivate var text: String? { if case .scalar(let text, _) = self { text } else { nil } }
}
