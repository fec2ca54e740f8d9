import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Reading PromQL")
struct PromQLParserTests {
    /// Every kind of expression that Prometheus' documentation shows.
    static let valid = [
        "up", "up{}", "up{job=\"a\",}", "{__name__=\"up\"}", "{\"my.metric\", \"my.label\"=~\"x|y\"}",
        "job:requests:rate5m",
        ":colon", "up{job='a', instance!~`\\d+`} != 1", "-up", "+up", "- - up", "-2 ^ 2", "2 ^ -1",
        "1 + 2 * 3 - 4 / 5 % 6",
        "Inf", "-inf", "NaN", "0x1F", "1_000", "017", ".5", "5.", "1e3", "1.5E-3", "1h30m", "up > 5m", "up == bool 1",
        "rate(http_requests_total[5m])", "rate(http_requests_total{job=\"a\"}[1h30m] offset 1w)",
        "http_requests_total @ 1609746000", "http_requests_total @ start()", "x @ end() offset -5m",
        "x offset 5m @ 1.5",
        "max_over_time(deriv(rate(d[5s])[30s:5s])[10m:])", "rate(x[5m:1m] @ 10)", "sum(x)", "sum by (job) (x)",
        "sum(x) by (job, instance)", "sum without () (x)", "SUM BY (job) (x)", "topk(5, x)", "count_values(\"v\", x)",
        "quantile(0.9, x)", "a and b or c unless d", "a AND b", "a / on (x) b", "a / ignoring (x, y) group_left (z) b",
        "a * on () group_right b", "a + fill (0) b", "a == bool on (x) b", "time()", "absent(x{a=\"b\"})",
        "histogram_quantile(0.9, sum by (le) (rate(b[5m])))", "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
        "sum", "avg > 1", "offset", "by{a=\"b\"}", "x{by=\"a\", sum=\"b\", bool=\"c\"}", "rate(x[1m * 2])",
        "x offset (1m * 2)",
        "x # a comment\n > 1", "rate(x[5m] anchored)", "rate(x[5m]) smoothed", "(((up)))",
        "x{a=\"\\u00e9\\x41\\101\\n\"}",
    ]

    @Test("what Prometheus accepts is read", arguments: valid)
    func accepts(text: String) throws {
        _ = try PromQLParser.parse(text)
    }

    /// What Prometheus refuses, with the reason and how many scalars come before the place.
    static let invalid: [(text: String, reason: String, offset: Int)] = [
        ("", "the end where an expression is to be", 0),
        ("  # only a comment", "the end where an expression is to be", 18),
        ("test +", "the end where a metric, a number or a function is to be", 6),
        ("up up", "'up' where an operator is to be", 3),
        ("(up", "the end where ')' is to be", 3),
        ("up)", "')' where an operator is to be", 2),
        ("up{job}", "'}' where =, !=, =~ or !~ is to be", 6),
        ("up{job=a}", "'a' where a text in quotes is to be", 7),
        ("up{job=\"a\" or job=\"b\"}", "'or' where '}' is to be", 11),
        ("up{=\"a\"}", "'=' where a label is to be", 3),
        ("up{__name__=\"x\"}", "the metric's name stands twice", 3),
        ("up{job=\"a}", "the text that begins here has no end", 7),
        ("up{job=\"a\nb\"}", "the text that begins here has no end", 7),
        ("up{job=\"\\d\"}", "no escape of PromQL; a backslash itself is '\\\\'", 8),
        // Prometheus takes this one, which no label can equal.
        ("up{job=\"\\xff\"}", "the text that begins here is not UTF-8", 7),
        ("up > 5x", "'5x' is neither a number nor a length of time", 5),
        ("up > 1__0", "'1__0' is neither a number nor a length of time", 5),
        ("up > 1.2.3", "'1.2.3' is neither a number nor a length of time", 5),
        ("up > 1e999", "'1e999' is neither a number nor a length of time", 5),
        ("up > $limit", "PromQL has no character '$'", 5),
        ("up ! 5", "PromQL has no character '!'", 3),
        ("rate(x[5m)", "')' where ']' is to be", 9),
        ("rate(x[])", "']' where a length of time is to be", 7),
        ("x offset", "the end where a length of time is to be", 8),
        ("x @ \"a\"", "a quoted text where a length of time is to be", 4),
        ("sum by job (x)", "'job' where '(' is to be", 7),
        ("sum by (1) (x)", "a number where a label is to be", 8),
        ("rate(x", "the end where ')' is to be", 6),
        ("a on (x) b", "'on' where an operator is to be", 2),
    ]

    @Test("what Prometheus refuses is refused in its place", arguments: invalid)
    func refuses(text: String, reason: String, offset: Int) {
        #expect(throws: PromQLError(reason: reason, offset: offset)) { try PromQLParser.parse(text) }
    }

    @Test("operators bind as in Prometheus")
    func precedence() throws {
        for (text, meant) in [
            ("a or b and c", "a or (b and c)"), ("a unless b or c", "(a unless b) or c"), ("a > b + c", "a > (b + c)"),
            ("a + b * c", "a + (b * c)"), ("a - b - c", "(a - b) - c"), ("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)"),
            ("-a ^ 2", "-(a ^ 2)"),
            ("-a * b", "(-a) * b"), ("a > b > c", "(a > b) > c"), ("a atan2 b * c", "(a atan2 b) * c"),
            ("a and b > 1", "a and (b > 1)"),
        ] {
            #expect(try bare(text) == bare(meant), "\(text)")
        }
    }

    /// The expression as a text with every bracket, whatever was written.
    private func bare(_ text: String) throws -> String {
        func show(_ expression: PromQLExpression) -> String {
            switch expression.syntax {
            case .selector(let selector): selector.matchers.map(\.value).joined()
            case .number(let number): "\(number)"
            case .negated(let operand): "(-\(show(operand)))"
            case .binary(let binary): "(\(show(binary.left)) \(binary.name.rawValue) \(show(binary.right)))"
            default: "?"
            }
        }
        return show(try PromQLParser.parse(text))
    }

    @Test(
        "numbers count as in Prometheus",
        arguments: [
            ("0x1F", 31), ("017", 15), ("089", 89), ("0b101", 5), ("0o17", 15), ("1_000", 1_000), (".5", 0.5),
            ("5.", 5),
            ("1e3", 1_000), ("1.5E-3", 0.001_5), ("1h30m", 5_400), ("250ms", 0.25), ("1y", 31_536_000), ("0", 0),
            ("0s", 0),
            ("inf", .infinity),
        ])
    func numbers(text: String, number: Double) throws {
        #expect(try PromQLParser.parse(text).syntax == .number(number))
    }

    @Test("brackets, signs, suffixes and operators have a bound, and none of them ends the program")
    func hostile() {
        let many = 100_000
        for text in [
            String(repeating: "(", count: many), String(repeating: "-", count: many) + "1",
            "x" + String(repeating: "[5m:]", count: 3_000), "x" + String(repeating: " offset 5m", count: 3_000),
            "1" + String(repeating: " + 1", count: 3_000), "1" + String(repeating: " ^ 1", count: 3_000),
            String(repeating: "sum(", count: 3_000), String(repeating: "x[", count: 3_000),
            String(repeating: "{", count: 50),
            String(repeating: "x ", count: many),
        ] {
            #expect(throws: PromQLError.self) { try PromQLParser.parse(text) }
        }
    }

    @Test("no text of PromQL's words ends the program, and places lie inside it")
    func randomTexts() {
        var random = SplitMix64(seed: 11)
        let words =
            Self.valid.flatMap { $0.split(separator: " ").map(String.init) } + [
                "(", ")", "[", "]", "{", "}", "\"", "\\", "é",
            ]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }.joined(separator: Bool.random(using: &random) ? " " : "")
            do throws(PromQLError) {
                _ = try PromQLParser.parse(text)
            } catch {
                #expect((0...text.unicodeScalars.count).contains(error.offset), "\(text)")
            }
        }
    }

    @Test(
        "lengths of time are read as in Prometheus",
        arguments: [
            ("0", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("1y", 31_536_000_000), ("1w2d", 777_600_000),
            ("1s500ms", 1_500),
            ("", nil), ("5", nil), ("m", nil), ("5m1h", nil), ("1.5h", nil), ("-5m", nil), ("5 m", nil), ("300y", nil),
            ("99999999999999999999s", nil), ("9999999999999w", nil),
        ] as [(String, Int64?)])
    func durations(text: String, milliseconds: Int64?) {
        #expect(PromQLDuration.span(text)?.milliseconds == milliseconds)
    }
}
