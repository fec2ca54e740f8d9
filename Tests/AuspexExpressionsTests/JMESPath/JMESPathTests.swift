import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexExpressions

@Suite("JMESPath takes values out of JSON")
struct JMESPathTests {
    static let event = """
        {"pods": [{"name": "a", "ready": true, "cpu": 0.5, "tags": ["x"]}, {"name": "b", "ready": false, "cpu": 2, "tags": []}],
         "meta": {"z": 1, "y": 2}, "text": "e\\u0301", "numbers": [3, 1, 2], "empty": [], "nothing": null}
        """

    static let results: [(expression: String, result: String)] = [
        ("pods[0].name", #""a""#), ("pods[-1].name", #""b""#), ("pods[7]", "null"), ("nope.a.b", "null"),
        ("pods[*].name", #"["a","b"]"#), ("pods[?ready].name", #"["a"]"#), ("pods[?cpu > `1`].name | [0]", #""b""#),
        ("pods[?!ready && cpu >= `2`].cpu", "[2]"), ("pods[].tags[]", #"["x"]"#), ("meta.*", "[2,1]"),
        ("pods[*].{n: name, r: ready} | [0]", #"{"n":"a","r":true}"#), ("pods[0].[name, cpu]", #"["a",0.5]"#),
        ("numbers[::-1]", "[2,1,3]"),
        ("numbers[1:]", "[1,2]"), ("numbers[-2:9]", "[1,2]"), ("length(pods)", "2"), ("length(text)", "2"),
        ("sort(numbers)", "[1,2,3]"), ("max_by(pods, &cpu).name", #""b""#),
        ("sort_by(pods, &cpu)[*].name", #"["a","b"]"#),
        ("sum(numbers)", "6"), ("avg(numbers)", "2"), ("avg(empty)", "null"), ("to_number('1e3')", "1000"),
        ("to_number('nan')", "null"), ("join('-', pods[*].name)", #""a-b""#), ("keys(meta)", #"["y","z"]"#),
        ("not_null(nothing, nope, meta.z)", "1"), ("contains(text, 'e')", "true"), ("contains(numbers, `1.0`)", "true"),
        ("map(&name, pods)", #"["a","b"]"#), ("type(@)", #""object""#), ("nothing || 'x'", #""x""#),
        ("`0` && 'x'", #""x""#),
        ("pods[?name == 'a'] == pods[:1]", "true"), ("merge(meta, {y: `5`})", #"{"y":5,"z":1}"#), ("'a' < 'b'", "null"),
        ("reverse('ab')", #""ba""#), ("to_string(meta)", #""{\"y\":2,\"z\":1}""#), ("\"text\" == 'é'", "false"),
        ("abs(`-2`)", "2"), ("ceil(`1.2`)", "2"), ("sum(empty)", "0"),
    ]

    @Test("an expression gives its value", arguments: results)
    func gives(expression: String, result: String) throws {
        let value = try JMESPath(compiling: expression).search(try JSONValue(parsing: Self.event))
        #expect(JMESPathConformanceTests.areSame(value, try JSONValue(parsing: result), anyOrder: false))
    }

    static let errors: [(expression: String, message: String)] = [
        ("a.", "1:3: expected a name, '*', '[' or '{' after '.', found the end of the expression"),
        ("a[?b", "1:5: expected ']', found the end of the expression"),
        ("a = b", "1:3: unexpected '='; equality is '=='"),
        ("mpa(a)", "1:1: no function 'mpa'; did you mean 'map'?"),
        ("lenght(a)", "1:1: no function 'lenght'; did you mean 'length'?"),
        ("abs(a, b)", "1:1: abs() takes 1 arguments, not 2"),
        ("a[::0]", "1:6: the step of a slice can't be 0"),
        ("f(&a", "1:5: expected ')', found the end of the expression"),
        ("a\n.'b'", "2:2: expected a name, '*', '[' or '{' after '.', found a literal"),
        ("&a", "1:1: expected a name, a literal, '*', '[', '{', '(', '!' or '@', found '&'"),
    ]

    @Test("a mistake is told with its place", arguments: errors)
    func fails(expression: String, message: String) {
        let error = #expect(throws: JMESPathError.self) { try JMESPath(compiling: expression) }
        #expect(error?.description == message)
    }

    @Test(
        "a wrong argument is told with what would be right",
        arguments: [
            ("abs('a')", "abs() takes a number, not string"),
            ("length(`1`)", "length() takes a string, an array or an object, not number"),
            ("sort_by(pods, &tags)", "sort_by() takes numbers only or strings only, not array"),
            ("sort_by(pods, name)", "argument 2 of sort_by() is an expression written with '&', such as &name"),
            ("length(&a)", "length() takes values, not an expression with '&'"),
            ("sum(`[1, true]`)", "sum() takes an array of numbers, not boolean"),
        ])
    func wrongType(expression: String, message: String) throws {
        let path = try JMESPath(compiling: expression)
        let error = #expect(throws: JMESPathError.self) { try path.search(try JSONValue(parsing: Self.event)) }
        #expect(error?.kind == .invalidType)
        #expect(error?.description == message)
    }

    static let nested: [String] = [
        String(repeating: "(", count: 10_000) + "a" + String(repeating: ")", count: 10_000),
        String(repeating: "[", count: 10_000), String(repeating: "!", count: 10_000) + "a",
        "a" + String(repeating: ".a", count: 10_000), "a" + String(repeating: "[0]", count: 10_000),
        "a" + String(repeating: "[]", count: 10_000), "a" + String(repeating: " | a", count: 10_000),
        "a" + String(repeating: " || a", count: 5_000), String(repeating: "{a:", count: 5_000),
        String(repeating: "length(", count: 5_000), "a" + String(repeating: "[?a", count: 5_000),
        "'" + String(repeating: "a", count: 1 << 20) + "'",
        "@"
            + String(
                repeating: " | " + String(repeating: "[", count: 20) + "@" + String(repeating: "]", count: 20),
                count: 100),
    ]

    @Test("deep nesting and long texts are refused, whatever nests", arguments: nested)
    func refusesNesting(expression: String) {
        let error = #expect(throws: JMESPathError.self) { try JMESPath(compiling: expression) }
        #expect(error?.kind == .tooLarge)
    }

    static let expensive: [String] = [
        "@" + String(repeating: " | [@, @]", count: 60),
        "@" + String(repeating: " | [@, @]", count: 60) + " | @ == @",
        "@" + String(repeating: " | [@, @]", count: 60) + " | to_string(@)",
        "@" + String(repeating: " | [@, @][]", count: 60),
        "numbers" + String(repeating: " | [*].[@, @][]", count: 40),
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'" + String(repeating: " | join(@, [@, @, @])", count: 40),
    ]

    @Test("an expensive search ends", arguments: expensive)
    func endsExpensive(expression: String) throws {
        let path = try JMESPath(compiling: expression)
        let error = #expect(throws: JMESPathError.self) { try path.search(try JSONValue(parsing: Self.event)) }
        #expect(error?.kind == .costExceeded)
    }

    @Test("cut and mutated expressions give an error, never a trap", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text =
            "sort_by(pods[?cpu > `1.5` && !ready], &name)[-1:0:-2].{\"a\\u00e9\": tags[], b: *.x | [0]} || 'raw\\''"
        let event = try JSONValue(parsing: Self.event)
        for _ in 0..<200 {
            var scalars = Array(text.unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<scalars.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: scalars.remove(at: place)
                case 1: scalars.insert(scalars[Int.random(in: 0..<scalars.count, using: &random)], at: place)
                default: scalars[place] = Unicode.Scalar(UInt8.random(in: 0...255, using: &random))
                }
            }
            let mutated = String(String.UnicodeScalarView(scalars))
            do {
                _ = try JMESPath(compiling: mutated).search(event)
            } catch {
                #expect(!error.reason.isEmpty, "\(mutated)")
            }
        }
    }
}
