import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Reading a throttle")
struct ThrottleDecoderTests {
    private func decode(_ text: String, groupBy: [String]? = ["host", "service"]) throws -> Throttle? {
        let collector = DiagnosticCollector()
        let document = try #require(try DocumentParser.documents(in: text, file: "f").first)
        let throttle = ThrottleDecoder.throttle(document.root, groupBy: groupBy, reporting: collector)
        try collector.check()
        return throttle
    }

    @Test("each form has its words")
    func forms() throws {
        #expect(try decode("once_within: 1h") == Throttle(.onceWithin(.hours(1))))
        #expect(try decode("{once_after: 5m, per: [service]}") == Throttle(.onceAfter(.minutes(5)), per: ["service"]))
        #expect(
            try decode("{accumulate_within: 10m, threshold: 3}")
                == Throttle(.accumulate(within: .minutes(10), threshold: 3)))
        #expect(try decode("{once_after: 5m, per: [any]}", groupBy: nil)?.per == ["any"])
    }

    @Test("alerts are counted by the labels of 'per', else by their group")
    func keys() {
        let group = Labels(["host": "a", "service": "shop"])
        #expect(Throttle(.onceWithin(.hours(1))).key(of: group) == group)
        #expect(Throttle(.onceWithin(.hours(1)), per: ["service"]).key(of: group) == Labels(["service": "shop"]))
        #expect(Throttle(.onceWithin(.hours(1)), per: []).key(of: group) == Labels())
    }

    private static let mistakes: [(text: String, complaint: String)] = [
        (
            "{once_within: 1h, once_after: 5m}",
            "f:1:19: a throttle has exactly one of once_within, once_after or accumulate_within, not 'once_within' and"
        ),
        ("{once_within: 1h, threshold: 3}", "f:1:19: 'threshold' needs 'accumulate_within'"),
        ("{threshold: 3}", "f:1:2: 'threshold' needs 'accumulate_within'"),
        ("{accumulate_within: 1h}", "f:1:2: 'accumulate_within' needs 'threshold'"),
        ("{accumulate_within: 1h, threshold: 1}", "f:1:36: 'threshold' must be from 2 to 100, not 1"),
        ("once_within: 60", "f:1:14: 'once_within' must be a length of time with its unit"),
        ("once_within: 0s", "f:1:14: 'once_within' must be from 1s to 31d, not 0s"),
        ("once_after: 5w", "f:1:13: 'once_after' must be from 1s to 31d, not 35d"),
        ("{once_within: 1h, pre: [host]}", "f:1:19: unknown key 'pre' in a throttle; did you mean 'per'?"),
        ("{per: [host]}", "f:1:1: a throttle needs one of once_within, once_after or accumulate_within"),
        ("1h", "f:1:1: a throttle must be a mapping of keys to values, not '1h'"),
        ("{once_within: 1h, per: [hots]}", "f:1:19: the rule does not group by 'hots'"),
        ("{once_within: 1h, per: [host, host]}", "f:1:19: 'per' has a label twice"),
        ("{once_within: , once_after: 5m}", "f:1:2: 'once_within' has no value"),
    ]

    @Test("a mistake is named in its place", arguments: mistakes)
    func mistake(text: String, complaint: String) throws {
        let error = try #require(throws: DocumentError.self) { try decode(text) }
        #expect(error.diagnostics.contains { $0.description.hasPrefix(complaint) }, "\(error)")
    }
}
