import AuspexSignals
import Testing

@testable import AuspexExpressions

@Suite("CEL expressions have the values that the language defines")
struct CELEvaluationTests {
    static let environment = CELEnvironment(variables: [
        "event": .any, "labels": .map(of: .string), "score": .double, "count": .int,
    ])

    static func variables() throws -> [String: CELValue] {
        let event = try JSONValue(
            parsing:
                #"{"code": 500, "service": "pay", "tags": ["a", "b"], "ratio": 0.25, "none": null, "id": 9007199254740993}"#
        )
        return [
            "event": CELValue(event), "labels": .map(["service": .string("pay"), "env": .string("prod")]),
            "score": .double(1.5), "count": .int(3),
        ]
    }

    static func evaluate(_ text: String) throws -> CELValue {
        try CELProgram(compiling: text, environment: environment).evaluate(variables: try variables())
    }

    @Test(
        "a condition is true",
        arguments: [
            "event.code == 500", "event.code == 500u", "event.code in [404, 500]", "'a' in event.tags",
            "labels.service == 'pay' && labels['env'] != 'dev'", "score > 1", "1 < 1.5 && 2u > 1.5 && -1 < 0u",
            "count % 2 == 1", "7 / 2 == 3", "-7 / 2 == -3 && -7 % 2 == -1", "event.code / 1000.0 == 0.5",
            "has(event.code) && !has(event.missing) && has(event.none)", "'service' in labels",
            "'Ame\\u0301lie' != 'Am\\u00E9lie'", "size('e\\u0301') == 2", "'\\U0001F431'.size() == 1",
            "'error: refused'.matches('^error: \\\\w+$')", "!'abc'.matches('^b')", "matches('abc', 'b')",
            "[1, 2, 3].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 2].exists_one(x, x > 1)",
            "[1, 2, 3].map(x, x * 2) == [2, 4, 6] && [1, 2, 3].filter(x, x > 1) == [2, 3]",
            "[1, 2, 3].map(x, x > 1, x * 10) == [20, 30]", "labels.all(k, k.size() >= 3)",
            "labels.exists(k, v, k == 'env' && v.startsWith('pr'))",
            "{'a': 1, 'b': 2}.transformMap(k, v, v + 1).b == 3",
            "cel.bind(x, event.code, x > 400.0 && x < 600.0)", "event.?missing.orValue(7) == 7",
            "event.?code.optMap(c, c / 100.0).orValue(0.0) == 5.0", "duration('1h30m') == duration('90m')",
            "duration('7d') > duration('1w') - duration('1s')",
            "timestamp('2026-03-01T00:00:00Z') - timestamp('2026-02-28T00:00:00Z') == duration('24h')",
            "timestamp('2026-03-01T12:30:00+02:00').getHours() == 10",
            "timestamp('2026-07-01T00:00:00Z').getHours('Europe/Berlin') == 2", "string(1.0) == '1'",
            "string(2.5) == '2.5'",
            "int('42') == 42 && uint('7') == 7u && double('0.5') == 0.5 && bool('true')", "type(1) == int",
            "dyn(1) == 1.0", "event.id == 9007199254740993",
            "'%s took %.2f s'.format(['pay', 1.5]) == 'pay took 1.50 s'",
            "'a,b,c'.split(',') == ['a', 'b', 'c'] && ['x', 'y'].join('-') == 'x-y'",
            "'tacocat'.indexOf('c', 3) == 4 && 'Ab'.lowerAscii() == 'ab' && ' x '.trim() == 'x'",
            "math.greatest(1, 2.5, 2u) == 2.5", "{1: 'a'}[1.0] == 'a' && {1u: 'a'}[1] == 'a'",
            "true ? count == 3 : 1 / 0 == 0", "b'abc' + b'd' == b'abcd'", "0.0 / 0.0 != 0.0 / 0.0",
            "base64.encode(b'hi') == 'aGk='", "// a comment\ncount == 3 // another", "r'\\d' == '\\\\d'",
            "'''two\nlines'''.size() == 9", "-9223372036854775808 < 0", "0x1F == 31",
            "{'content-type': 1}.`content-type` == 1",
        ])
    func isTrue(text: String) throws {
        #expect(try Self.evaluate(text) == .bool(true))
    }

    static let errors: [(text: String, kind: CELError.Kind, position: String)] = [
        ("event.missing == 1", .noSuchKey, "1:6"),
        ("1 + event.code", .noSuchOverload, "1:3"),
        ("9223372036854775807 + count", .overflow, "1:21"),
        ("1 / (count - 3)", .divisionByZero, "1:3"),
        ("1u - uint(count)", .overflow, "1:4"),
        ("[1, 2][count]", .invalidArgument, "1:7"),
        ("true &&\n  event.nope", .noSuchKey, "2:8"),
        ("event.code && true", .noSuchOverload, "1:6"),
        ("event.service < 1", .noSuchOverload, "1:15"),
        ("event.tags.matches('a')", .noSuchOverload, "1:6"),
        ("'a'.matches(event.service + '(')", .invalidArgument, "1:4"),
        ("event.tags.exists_one(t, t == 1 || t)", .noSuchOverload, "1:36"),
        ("{event.ratio: 1}", .noSuchOverload, "1:1"),
        ("{event.service: 1, 'pay': 2}", .invalidArgument, "1:1"),
        ("optional.none().value()", .invalidArgument, "1:16"),
        ("int(event.service)", .invalidArgument, "1:1"),
        ("int(1e30)", .overflow, "1:1"),
        ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", .overflow, "1:35"),
        ("event.tags.all(t, t.foo == 1)", .noSuchOverload, "1:20"),
    ]

    @Test("an error has its kind and its place", arguments: errors)
    func fails(text: String, kind: CELError.Kind, position: String) throws {
        let error = #expect(throws: CELError.self) { try Self.evaluate(text) }
        #expect(error?.kind == kind)
        #expect(error?.position?.description == position)
    }

    /// `true`, `false` and an error on each side of both operators: the side doesn't matter.
    @Test(
        "and, or absorb an error where the other side decides",
        arguments: [
            ("true", "false"), ("false", "true"), ("1/0 == 1", "true"), ("1/0 == 1", "false"), ("1/0 == 1", "1/0 == 2"),
        ])
    func absorbsErrors(left: String, right: String) throws {
        func outcome(_ text: String) -> String {
            do { return "\(try Self.evaluate(text))" } catch { return "error" }
        }
        for name in ["&&", "||"] {
            let decisive = name == "&&" ? "false" : "true"
            let expected =
                left == decisive || right == decisive
                ? "\(CELValue.bool(name == "||"))"
                : left.contains("/") || right.contains("/") ? "error" : "\(CELValue.bool(name == "&&"))"
            #expect(outcome("\(left) \(name) \(right)") == expected)
            #expect(outcome("\(right) \(name) \(left)") == expected)
        }
    }

    @Test("a missing key suggests the nearest one")
    func suggestsKeys() throws {
        let error = #expect(throws: CELError.self) { try Self.evaluate("event.servcie == 'pay'") }
        #expect(error?.description == "1:6: no key 'servcie' in the map; did you mean 'service'?")
    }

    @Test("a condition that is no bool is an error, neither yes nor no")
    func needsBool() throws {
        let program = try CELProgram(compiling: "event.code", environment: Self.environment)
        let error = #expect(throws: CELError.self) { try program.holds(variables: try Self.variables()) }
        #expect(error?.kind == .noSuchOverload)
    }

    @Test("a variable without a value is an error only where it is read")
    func readsLazily() throws {
        let program = try CELProgram(compiling: "count > 0 || score > 1.0", environment: Self.environment)
        #expect(try program.holds(variables: ["count": .int(1)]))
        let error = #expect(throws: CELError.self) { try program.holds(variables: ["count": .int(0)]) }
        #expect(error?.kind == .unboundVariable)
        #expect(program.variables == ["count", "score"])
    }
}
