import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Conditions that are imported")
struct ImportedConditionTests {
    /// An expression of Prometheus, and what it is as a condition.
    static let said: [(expression: String, condition: String)] = [
        ("up == 0", "m.name == \"up\" && m.value == 0.0"),
        ("0 == up", "m.name == \"up\" && m.value == 0.0"),
        ("5 < load", "m.name == \"load\" && m.value > 5.0"),
        ("load >= (2 + 3) * 1h", "m.name == \"load\" && m.value >= 18000.0"),
        ("-5 > load", "m.name == \"load\" && m.value < -5.0"),
        ("load > 5 < 10", "m.name == \"load\" && m.value > 5.0 && m.value < 10.0"),
        ("load", "m.name == \"load\""),
        ("{__name__=\"load\"} > 1", "m.name == \"load\" && m.value > 1.0"),
        ("{\"my.metric\"} > 1", "m.name == \"my.metric\" && m.value > 1.0"),
        ("load * 100 > 80", "m.name == \"load\" && m.value * 100.0 > 80.0"),
        ("1 - load > 0.2", "m.name == \"load\" && 1.0 - m.value > 0.2"),
        ("abs(-load) > 2", "m.name == \"load\" && math.abs(-m.value) > 2.0"),
        ("load == +Inf", "m.name == \"load\" && m.value == double(\"Infinity\")"),
        ("load{a=\"x\"} > 1", "m.name == \"load\" && m.labels.?a.orValue(\"\") == \"x\" && m.value > 1.0"),
        ("load{a!=\"x\"}", "m.name == \"load\" && m.labels.?a.orValue(\"\") != \"x\""),
        ("load{a=~\"x|y\"}", "m.name == \"load\" && m.labels.?a.orValue(\"\").matches(\"^(?s:x|y)$\")"),
        ("load{a!~\"\\\\d+\"}", "m.name == \"load\" && !m.labels.?a.orValue(\"\").matches(\"^(?s:\\\\d+)$\")"),
        ("load{\"my.label\"=\"\"}", "m.name == \"load\" && m.labels[?\"my.label\"].orValue(\"\") == \"\""),
        ("{job=\"a\"} > 1", "m.labels.?job.orValue(\"\") == \"a\" && m.value > 1.0"),
        ("{__name__=~\"a|b\"}", "m.name.matches(\"^(?s:a|b)$\")"),
        ("load > 5 and load < 9", "m.name == \"load\" && m.value > 5.0 && m.value < 9.0"),
        ("load < 1 or load > 9", "m.name == \"load\" && (m.value < 1.0 || m.value > 9.0)"),
        (
            "load{a=\"x\"} > 1 or load{a=\"y\"} > 2",
            "m.name == \"load\" && (m.labels.?a.orValue(\"\") == \"x\" && m.value > 1.0 "
                + "|| m.labels.?a.orValue(\"\") == \"y\" && m.value > 2.0)"
        ),
        (
            "load == 1 or load == 2 or (load == 3 or load > 9)",
            "m.name == \"load\" && (m.value == 1.0 || m.value == 2.0 || m.value == 3.0 || m.value > 9.0)"
        ),
        ("- -load * (2 - 4) > -0.5", "m.name == \"load\" && --m.value * -2.0 > -0.5"),
        ("(load + 1) * 2 > 4", "m.name == \"load\" && (m.value + 1.0) * 2.0 > 4.0"),
        (
            "load{a=\"\u{E9}\"} and load{a=\"e\u{301}\"}",
            "m.name == \"load\" && m.labels.?a.orValue(\"\") == \"\u{E9}\" && m.labels.?a.orValue(\"\") == \"e\u{301}\""
        ),
        ("load{a=\"x\"} or load", "m.name == \"load\""),
        ("load > 5 unless load > 9", "m.name == \"load\" && m.value > 5.0 && !(m.value > 9.0)"),
        ("load * 2 > 5 and load < 9", "m.name == \"load\" && m.value * 2.0 > 5.0 && m.value < 9.0"),
    ]

    @Test("what can be said is said, and the loader takes it", arguments: said)
    func says(expression: String, condition: String) throws {
        let result = try imported(alertFile(expression))
        #expect(result.leftOut == [])
        #expect(try result.loaded().rules.map(\.condition.expression.text) == [condition])
    }

    /// An expression that can't be said, the column of what stands in the way, and how the reason begins.
    static let refused: [(expression: String, column: Int, reason: String)] = [
        (
            "rate(x[5m]) > 1", 1,
            "rate() looks at the samples of a length of time, and a condition at the newest value; record this part in"
        ),
        ("1 < sum by (job) (x)", 5, "sum() puts series together"),
        ("x offset 5m > 1", 3, "'offset' looks at another time"),
        ("x @ 0 > 1", 3, "'@' looks at another time"),
        ("max_over_time(x[5m:1m]) > 1", 1, "max_over_time() looks at the samples"),
        ("x[5m]", 2, "the samples of a length of time have no single value"),
        ("x[5m:1m]", 2, "a subquery looks back"),
        ("x > bool 1", 5, "'bool' makes 0 or 1"),
        ("a / b > 1", 3, "'/' pairs the series of both sides"),
        ("a > b", 3, "'>' pairs the series of both sides"),
        (
            "a > 1 and on (job) b", 11,
            "'on' matches series by some of their labels, and a condition looks at one series at a time; a rule with 'all'"
        ),
        (
            "a > 1 unless on (job) b", 14,
            "'on' matches series by some of their labels, and a condition looks at one series at a time; record this"
        ),
        ("a > 1 and b > 1", 7, "'and' pairs series of different metrics, and a condition looks at one"),
        (
            "a > 1 or b > 1", 7,
            "'or' pairs series of different metrics, and a condition looks at one series at a time; make an alert of"
        ),
        ("{a=\"b\"} and {a=\"b\"}", 9, "'and' pairs series of different metrics"),
        ("a * 2 > 1 or a", 11, "'or' lets different values through"),
        ("a > 1 unless a", 7, "'unless' takes away all"),
        ("a unless a", 3, "'unless' takes away all"),
        ("absent(x)", 1, "absent() asks for series that are not there"),
        ("predict_linear(x[1h], 4 * 3600) < 0", 1, "predict_linear() draws one line through"),
        ("histogram_quantile(0.9, b) > 1", 1, "histogram_quantile() reads a histogram"),
        ("time() - x > 60", 1, "time() asks the clock"),
        ("x > scalar(y)", 5, "scalar() turns series into numbers"),
        ("vector(1)", 1, "a number and no series"),
        ("label_replace(x, \"a\", \"b\", \"c\", \"d\")", 1, "label_replace() has no counterpart"),
        ("round(x) > 1", 1, "rules have no function that computes the same as round()"),
        ("rats(x[5m])", 1, "no function of PromQL that is known here is called 'rats'; did you mean 'rate'?"),
        ("x % 2 > 0", 3, "rules have no '%' between a series and a number"),
        ("x ^ 2 > 0", 3, "rules have no '^' between a series and a number"),
        ("1", 1, "a number and no series"),
        ("1 < bool 2", 3, "a number and no series"),
        ("1 < 2", 3, "PromQL compares two numbers only with 'bool'"),
        ("x > NaN", 3, "a comparison with NaN never holds"),
        ("x != NaN", 3, "a comparison with NaN always holds"),
        ("1 and x", 3, "'and' is between series, not numbers"),
        ("\"text\"", 1, "a text has no value"),
        ("{a=\"\"}", 1, "PromQL needs a name or a matcher"),
        ("{}", 1, "PromQL needs a name or a matcher"),
        ("test +", 7, "not PromQL: the end where a metric"),
        ("x{a=~\"(\"}", 1, "the rule can't be loaded: "),
    ]

    @Test("what can't be said is left out with its place and the reason", arguments: refused)
    func leavesOut(expression: String, column: Int, reason: String) throws {
        let result = try imported(alertFile(expression))
        #expect(result.rules == [])
        #expect(result.text == "")
        let finding = try #require(result.findings.first)
        #expect(result.findings.count == 1 && finding.isLeftOut)
        #expect(finding.subject == .alert("A"))
        #expect(finding.message.hasPrefix(reason), "\(finding)")
        // The expression stands behind `    expr: '`.
        let isPlace = finding.location.line == 5 && finding.location.column == column + 11
        #expect(isPlace || reason.hasPrefix("the rule can't"), "\(finding)")
    }

    @Test("a forecast is shown with the horizon that the alert has")
    func prediction() throws {
        let finding = try #require(try imported(alertFile("predict_linear(x[1h], 4 * 3600) < 0")).findings.first)
        #expect(finding.message.contains("forecast(m, \"4h\")"))
    }

    @Test("places in expressions of several lines are those of the file")
    func places() throws {
        let text = """
            groups:
            - name: g
              rules:
              - alert: A
                expr: |
                  up == 1
                    and on (job) x
            """
        #expect(try imported(text).findings.map(\.location.description) == ["rules.yml:7:13"])
    }

    @Test("whatever stands in a name or a value comes out of the rule as it was")
    func texts() throws {
        var random = SplitMix64(seed: 5)
        let alphabet = Array("ab0 _-.:/\\'\"`{}[]()#&*!|>%@?,é漢😀\u{85}\u{2028}\t~".unicodeScalars)
        for _ in 0..<300 {
            func word() -> String {
                var word = ""
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    word.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
                }
                return word
            }
            let (label, value, other) = (word(), word(), word())
            func quoted(_ text: String) -> String {
                "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            }
            let expression = "x{\(quoted(label))=\(quoted(value))} > 1"
            let rule = "{alert: \(YAMLText.scalar(other)), expr: \(YAMLText.scalar(expression))}"
            let text = "groups: [{name: g, rules: [\(rule)]}]"
            let result = try imported(text)
            #expect(result.leftOut == [], "\(expression)")
            var engine = RuleEngine(try result.loaded())
            let labels = Labels([Labels.metricName: "x", label: value])
            #expect(engine.handle(reading(labels, 1, 2), now: second(1)).count == 1, "\(expression)")
            #expect(engine.handle(reading(Labels([Labels.metricName: "x"]), 1, 2), now: second(1)).isEmpty)
            #expect(engine.statistics(of: result.rules[0].id)?.errors == 0)
        }
    }

    @Test("labels may be called like words of the rules' language")
    func words() throws {
        for name in ["in", "true", "false", "null", "for", "namespace", "package", "if", "has", "name", "size", "_"] {
            let result = try imported(alertFile("x{\(name)=\"v\"} == 2"))
            #expect(result.leftOut == [])
            var engine = RuleEngine(try result.loaded())
            let labels = Labels([Labels.metricName: "x", name: "v"])
            #expect(engine.handle(reading(labels, 1, 2), now: second(1)).count == 1, "\(name)")
        }
    }
}
