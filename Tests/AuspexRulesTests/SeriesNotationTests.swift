import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Series in tests")
struct SeriesNotationTests {
    static let texts: [(text: String, values: [Double?])] = [
        ("1", [1]), ("1 2 -3.5", [1, 2, -3.5]), ("1x4", [1, 1, 1, 1, 1]), ("0+10x3", [0, 10, 20, 30]),
        ("5-1x3", [5, 4, 3, 2]), ("-2+4x2", [-2, 2, 6]), ("_", [nil]), ("_x3", [nil, nil, nil]),
        ("1 _x2 2", [1, nil, nil, 2]),
        ("1e3", [1000]), ("1e-1+1e1x1", [0.1, 10.1]), ("1.5x0", [1.5]), ("Inf", [.infinity]), ("-Inf", [-.infinity]),
        ("  1\n 2\t3 ", [1, 2, 3]), ("", []), ("1-0.5x2", [1, 0.5, 0]), ("_x0", []),
    ]

    @Test("the notation of promtool is read", arguments: texts)
    func reads(text: String, values: [Double?]) throws {
        let read = try SeriesNotation(text).values.map { value -> Double? in
            if case .number(let number) = value { number } else { nil }
        }
        #expect(read == values)
    }

    @Test("stale ends a series and NaN is a number that says nothing")
    func special() throws {
        let values = try SeriesNotation("1 stale NaN").values
        #expect(values[1] == .stale)
        guard case .number(let number) = values[2] else {
            Issue.record("NaN is no number")
            return
        }
        #expect(number.isNaN)
    }

    @Test(
        "anything else is refused where it stands",
        arguments: [
            ("x", 0), ("1x", 0), ("1 2x-1", 2), ("1+x3", 0), ("1+2", 0), ("1 1++2x3", 2), ("_y", 0), ("1x1.5", 0),
            ("stalex2", 0), ("1 1x99999999999999999999", 2), ("1x9223372036854775807", 0), ("0x1f", 0), ("é x", 0),
            ("1é", 0), ("1x100000", 0),
        ])
    func refuses(text: String, offset: Int) {
        #expect {
            try SeriesNotation(text)
        } throws: { error in
            (error as? SeriesNotation.Mistake)?.offset == offset
        }
    }

    @Test(
        "a series is written as in Prometheus",
        arguments: [
            ("up", ["__name__": "up"]), ("pg_up{service=\"postgres\"}", ["__name__": "pg_up", "service": "postgres"]),
            ("a:b{ x = \"1\" , y=\"2\", }", ["__name__": "a:b", "x": "1", "y": "2"]), ("{a=\"b\"}", ["a": "b"]),
            ("a{b=\"\\\"\\\\\\n}\"}", ["__name__": "a", "b": "\"\\\n}"]),
        ] as [(String, [String: String])])
    func selectors(text: String, labels: [String: String]) {
        #expect(SeriesSelector(text)?.labels == Labels(labels))
    }

    @Test(
        "what is no series is refused",
        arguments: [
            "", "{}", "a{", "a{b}", "a{b=1}", "a{b=\"1\"", "a{b=\"1\"} x", "a{b=~\"1\"}", "1a", "a{b=\"1\",b=\"2\"}",
            "a b", "a{b=\"\\x\"}",
        ])
    func noSelectors(text: String) {
        #expect(SeriesSelector(text) == nil)
    }
}
