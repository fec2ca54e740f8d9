import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Matchers of labels")
struct MatcherTests {
    private static let readings: [(text: String, parts: [String])] = [
        (#"service="shop", severity=~"warn.*""#, [#"service="shop""#, #"severity=~"warn.*""#]),
        (#"{service="shop",severity!~"a|b",}"#, [#"service="shop""#, #"severity!~"a|b""#]),
        ("service = shop , host!=db-1", [#"service="shop""#, #"host!="db-1""#]),
        (#""a name"="x", k8s.pod/name="y""#, [#""a name"="x""#, #"k8s.pod/name="y""#]),
        (#"a="quote \" slash \\ line \n tab \t end""#, [#"a="quote \" slash \\ line \n tab \t end""#]),
        (#"a="x,y}", b=ü"#, [#"a="x,y}""#, #"b="ü""#]),
    ]

    @Test("are read as Alertmanager's command line writes them", arguments: readings)
    func reading(text: String, parts: [String]) throws {
        #expect(try LabelMatchers(parsing: text).matchers.map(\.description) == parts)
    }

    private static let mistakes: [(text: String, error: String)] = [
        ("", "at least one matcher is needed"), ("{}", "at least one matcher is needed"),
        ("service", "column 8: expected =, !=, =~ or !~"), ("service==\"a\"", "column 8: '==' is written '='"),
        ("service=", "column 9: expected a value"), ("=\"a\"", "column 1: expected a label's name"),
        ("a=b c=d", "column 5: expected ',' or the end"), ("{a=b", "column 5: expected ',' or '}'"),
        ("a=b}", "column 4: '}' without '{'"), ("a='b'", "column 3: texts stand in double quotes"),
        ("a=\"b", "column 3: this quote is never closed"),
        (#"a=~"\d""#, #"column 5: unknown escape '\d'; write '\\d'"#),
        ("a=\"b\\", "column 5: a backslash at the end"), (#"ü="x", b=~"(""#, "column 11: not a regular expression"),
        (#"b=~"x)|(y""#, "column 4: not a regular expression"), (#"""="x""#, "column 1: a label's name has"),
        ("a=b,,", "column 5: expected a label's name"), ("a!b", "column 2: expected =, !=, =~ or !~"),
        (#"a!="x""#, "this fits everything"), (#"a=~".*", b!~"x", c="""#, "this fits everything"),
        (String(repeating: "a=b,", count: 101), "column 401: at most 100 matchers"),
    ]

    @Test("a mistake is named in its place", arguments: mistakes)
    func mistake(text: String, error: String) throws {
        let found = try #require(throws: MatcherError.self) { try LabelMatchers(parsing: text) }
        #expect(found.description.hasPrefix(error), "\(found)")
    }

    private static let meanings: [(matcher: String, service: String, fits: Bool)] = [
        (#"service="shop""#, "shop", true), (#"service="shop""#, "shops", false), (#"service="""#, "", true),
        (#"service!="shop""#, "", true), (#"service!="shop""#, "shop", false), (#"service=~"sho""#, "shop", false),
        (#"service=~"sho.""#, "shop", true), (#"service=~"a|shop""#, "shop", true),
        (#"service=~"a|shop""#, "xa", false),
        (#"service=~".*""#, "", true), (#"service=~".+""#, "", false), (#"service!~".+""#, "", true),
        (#"service!~"sho.""#, "shop", false), (#"service=~"(?i)SHOP""#, "shop", true),
        (#"service=~"shop""#, "shop\n", false), (#"service=~"(?m)^shop$""#, "a\nshop", false),
    ]

    @Test("a missing label is empty, an expression has to fit all of the value", arguments: meanings)
    func meaning(matcher: String, service: String, fits: Bool) throws {
        let matcher = try #require(try MatcherParser.matchers(in: matcher).first)
        #expect(matcher.matches(Labels(["service": service, "other": "x"])) == fits)
    }

    @Test("what is written is read back, whatever is in it")
    func roundTrip() throws {
        var generator = SplitMix64(seed: 3)
        let characters = Array("ab \"\\\n\t,{}=!~'`é.*\u{301}")
        func text() -> String {
            String(
                (0...Int.random(in: 0...6, using: &generator)).compactMap { _ in
                    characters.randomElement(using: &generator)
                })
        }
        for _ in 0..<500 {
            let operation: LabelMatcher.Operation = Bool.random(using: &generator) ? .equal : .notEqual
            let matchers = try LabelMatchers([
                try LabelMatcher(text(), operation, text()), try LabelMatcher("z", .matches, "a+|b"),
            ])
            #expect(try LabelMatchers(parsing: matchers.description) == matchers)
            let data = try JSONEncoder().encode(matchers)
            #expect(try JSONDecoder().decode(LabelMatchers.self, from: data) == matchers)
        }
    }

    @Test("whatever is written, the answer is matchers or a mistake inside the text")
    func noise() {
        var generator = SplitMix64(seed: 17)
        let characters = Array("ab{}=!~,\"\\n ().*'é\n")
        var accepted = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                    characters.randomElement(using: &generator)
                })
            do throws(MatcherError) {
                let matchers = try MatcherParser.matchers(in: text)
                accepted += matchers.isEmpty ? 0 : 1
            } catch {
                #expect((0...text.unicodeScalars.count).contains(error.offset ?? -1), "\(text): \(error)")
            }
        }
        #expect(accepted > 50)
    }

    @Test("JSON is that of Alertmanager's API, and is checked")
    func json() throws {
        func decode(_ text: String) throws -> LabelMatchers {
            try JSONDecoder().decode(LabelMatchers.self, from: Data(text.utf8))
        }
        let read = try decode(
            #"[{"name":"a","value":"b","isRegex":false},{"name":"c","value":"d","isRegex":true,"isEqual":false}]"#)
        #expect(read.description == #"a="b", c!~"d""#)
        #expect(throws: DecodingError.self) { try decode("[]") }
        #expect(throws: DecodingError.self) { try decode(#"[{"name":"a","value":"(","isRegex":true}]"#) }
        #expect(throws: DecodingError.self) { try decode(#"[{"name":"a","value":"","isRegex":false}]"#) }
    }

    private static let prefixes: [(value: String, prefix: String?)] = [
        ("db-.*", "db-"), ("db-+", "db-"), ("db-?", "db"), ("db-*", "db"), ("d{2}", nil), ("a|b.*", nil),
        ("(?i)a", nil),
        (#"a\.b"#, "a"), ("^a", nil), ("aé?b", "a"), (".*", nil), ("ab[cd]", "ab"), ("db", "db"),
    ]

    @Test("what every value begins with is read off the expression", arguments: prefixes)
    func prefix(value: String, prefix: String?) throws {
        #expect(try LabelMatcher("a", .matches, value).prefix == prefix)
        #expect(try LabelMatcher("a", .doesNotMatch, value).prefix == nil)
    }
}
