import AuspexTesting
import Testing

@testable import AuspexExpressions

@Suite("CEL texts are parsed as the grammar says")
struct CELParserTests {
    @Test(
        "printing shows the structure with the fewest brackets",
        arguments: [
            ("1+2*3", "1 + 2 * 3"), ("(1+2)*3", "(1 + 2) * 3"), ("1-(2-3)", "1 - (2 - 3)"), ("(1-2)-3", "1 - 2 - 3"),
            ("a||b&&c", "a || b && c"), ("(a||b)&&c", "(a || b) && c"), ("(a&&b)&&c", "(a && b) && c"),
            ("a?b:c?d:e", "a ? b : c ? d : e"), ("(a?b:c)?d:e", "(a ? b : c) ? d : e"), ("!!a", "!!a"),
            ("-(5)", "-(5)"),
            ("- -5", "-(-5)"), ("!-5", "!-5"), ("!(-x)", "!(-x)"), ("-(!x)", "-(!x)"), ("-5.abs()", "-5.abs()"),
            ("-(x.y)", "-x.y"), ("!(a==b)", "!(a == b)"), ("a in b", "a in b"),
            ("a.b[c].d(e)", "a.b[c].d(e)"), (".a.b", ".a.b"), ("{'a':1,?'b':c}", "{\"a\": 1, ?\"b\": c}"),
            ("[?a,b,]", "[?a, b]"), ("a.?b[?c]", "a.?b[?c]"), ("T.U{f:1}", "T.U{f: 1}"), ("'\\n\\x00'", "\"\\n\\x00\""),
        ])
    func prints(text: String, printed: String) throws {
        #expect(try CELParser.parse(text).description == printed)
    }

    static let errors: [(text: String, message: String)] = [
        ("", "1:1: expected a value, a name or '(', found the end of the expression"),
        ("a +", "1:4: expected a value, a name or '(', found the end of the expression"),
        ("a b", "1:3: expected an operator or the end, found 'b'"),
        ("(a", "1:3: expected ')', found the end of the expression"),
        ("a = b", "1:3: unexpected '='; equality is '=='"),
        ("a & b", "1:3: unexpected '&'; 'and' is '&&'"),
        ("a\n  | b", "2:3: unexpected '|'; 'or' is '||'"),
        ("'abc", "1:1: the string that begins here has no end"),
        ("'é' + 'a\nb'", "1:7: the string that begins here has no end"),
        ("'\\q'", "1:1: '\\q' in the string that begins here is no escape; a backslash itself is '\\\\'"),
        ("'\\ud800'", "1:1: '\\u' in the string that begins here is no escape; a backslash itself is '\\\\'"),
        (
            "9223372036854775808",
            "1:1: 9223372036854775808 exceeds the range of int; larger numbers are written with a u: 1u"
        ),
        ("1x", "1:1: a number can't be followed by a letter"),
        ("let + 1", "1:1: 'let' is a reserved word and can't name a variable or function"),
        ("a.true", "1:3: expected the name of a field, found 'true'"),
        ("[1, 2", "1:6: expected ']', found the end of the expression"),
        ("{1}", "1:3: expected ':', found '}'"),
        ("f(1,)", "1:5: expected a value, a name or '(', found ')'"),
        ("1 ? 2", "1:6: expected ':', found the end of the expression"),
    ]

    @Test("a mistake is told with line and column", arguments: errors)
    func fails(text: String, message: String) {
        let error = #expect(throws: CELError.self) { try CELParser.parse(text) }
        #expect(error?.kind == .syntax)
        #expect(error?.description == message)
    }

    @Test("a random expression, printed and parsed again, is the same", arguments: 0..<40 as Range<UInt64>)
    func roundTrips(seed: UInt64) throws {
        var generator = CELExpressionGenerator(seed: seed)
        for _ in 0..<50 {
            let expression = generator.expression(depth: 5)
            let printed = expression.description
            let parsed = try CELParser.parse(printed)
            #expect(parsed == expression, "\(printed)")
            #expect(parsed.description == printed)
        }
    }
}

/// Makes random expressions of every form that a text can have.
private struct CELExpressionGenerator {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private mutating func many(_ depth: Int, from least: Int = 0) -> [CELExpression] {
        (0..<Int.random(in: least...3, using: &random)).map { _ in expression(depth: depth) }
    }

    mutating func expression(depth: Int) -> CELExpression {
        CELExpression(depth <= 1 ? leaf() : branch(depth: depth - 1))
    }

    private mutating func leaf() -> CELSyntax {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .identifier(pick(["a", "b", "c_1", "Foo"]), isAbsolute: Bool.random(using: &random))
        case 1:
            .literal(
                pick([
                    .null, .bool(true), .int(0), .int(7), .int(-7), .int(.min), .int(.max), .uint(0), .uint(.max),
                    .double(1.5), .double(-2), .double(1e300), .double(.leastNonzeroMagnitude), .string(""),
                    .string("it's \"é\" \\ \n\u{7F}"), .bytes([]), .bytes([0, 34, 255]),
                ]))
        default: .list([])
        }
    }

    private mutating func branch(depth: Int) -> CELSyntax {
        switch Int.random(in: 0..<12, using: &random) {
        case 0:
            .select(
                expression(depth: depth), field: pick(["x", "y-z", "as", "in"]), isOptional: Bool.random(using: &random)
            )
        case 1:
            .index(
                expression(depth: depth), key: expression(depth: depth), isOptional: Bool.random(using: &random))
        case 2: .call(target: expression(depth: depth), name: pick(["f", "if", "size"]), arguments: many(depth))
        case 3: .call(target: nil, name: pick(["g", ".h", "size"]), arguments: many(depth))
        case 4:
            .list(many(depth).map { CELSyntax.Element(value: $0, isOptional: Bool.random(using: &random)) })
        case 5:
            .map(
                many(depth).map {
                    CELSyntax.Entry(key: leafExpression(), value: $0, isOptional: Bool.random(using: &random))
                })
        case 6:
            .message(
                type: pick(["T", "a.b.C", ".T"]), fields: many(depth).map { CELSyntax.Field(name: "f", value: $0) })
        case 7: .unary(pick(CELSyntax.Unary.allCases), expression(depth: depth))
        case 8: .binary(pick(CELSyntax.Binary.allCases), expression(depth: depth), expression(depth: depth))
        case 9: .and(many(depth, from: 2))
        case 10: .or(many(depth, from: 2))
        default: .conditional(expression(depth: depth), expression(depth: depth), expression(depth: depth))
        }
    }

    private mutating func leafExpression() -> CELExpression { CELExpression(leaf()) }
}
