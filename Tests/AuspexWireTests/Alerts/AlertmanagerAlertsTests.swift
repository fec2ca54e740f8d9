import AuspexSignals
import Testing

@testable import AuspexWire

@Suite("Alerts as an Alertmanager takes them")
struct AlertmanagerAlertsTests {
    /// 2026-03-01T12:00:00Z.
    static let noon = Timestamp(milliseconds: 1_772_366_400_000)

    static func decode(_ text: String, limits: AlertLimits = AlertLimits()) throws -> DecodedAlerts {
        try AlertmanagerAlerts.decode(Array(text.utf8), limits: limits, now: noon)
    }

    /// One alert with these members beside its labels.
    static func alert(_ members: String) throws -> ReceivedAlert? {
        let rest = members.isEmpty ? "" : "," + members
        return try decode(#"[{"labels":{"alertname":"A"}\#(rest)}]"#).alerts.first
    }

    @Test("an alert as Prometheus sends it")
    func prometheus() throws {
        let decoded = try Self.decode(
            """
            [{"annotations":{"summary":"slow"},"endsAt":"2026-03-01T12:04:00.123456789Z",\
            "startsAt":"2026-03-01T12:59:00+01:00","generatorURL":"http://p:9090/graph?g0.expr=up",\
            "labels":{"alertname":"Slow","severity":"critical","job":"shop","empty":""}}]
            """)
        #expect(
            decoded.alerts == [
                ReceivedAlert(
                    labels: Labels(["alertname": "Slow", "severity": "critical", "job": "shop"]),
                    annotations: ["summary": "slow"], startsAt: Self.noon - .minutes(1),
                    endsAt: Self.noon + TimeSpan(milliseconds: 240_123),
                    generatorURL: "http://p:9090/graph?g0.expr=up")
            ])
        #expect(decoded.alerts.first?.name == "Slow" && decoded.alerts.first?.severity == "critical")
        #expect(decoded.refused == 0 && decoded.problem == nil && decoded.shortened == 0)
    }

    static let times: [(members: String, start: TimeSpan, end: TimeSpan, isAssumed: Bool)] = [
        ("", .zero, .minutes(5), true),
        (#""startsAt":"2026-03-01T11:00:00Z""#, .hours(-1), .minutes(5), true),
        (#""endsAt":"2026-03-01T11:00:00Z""#, .hours(-1), .hours(-1), false),
        (#""endsAt":"2026-03-01T13:00:00Z""#, .hours(1), .hours(1), false),
        (#""startsAt":"0001-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00.000Z""#, .zero, .minutes(5), true),
        (#""startsAt":"0001-01-01T01:00:00+01:00","endsAt":null"#, .zero, .minutes(5), true),
        (#""startsAt":"","endsAt":"""#, .zero, .minutes(5), true),
        (#""startsAt":"2026-03-01T12:00:00Z","endsAt":"2026-03-01T12:00:00Z""#, .zero, .zero, false),
        (#""startsAt":"2026-03-01T12:05:00Z""#, .minutes(5), .minutes(5), true),
    ]

    @Test("times that are left out are put in as an Alertmanager does", arguments: times.indices)
    func leftOut(index: Int) throws {
        let (members, start, end, isAssumed) = Self.times[index]
        let alert = try #require(try Self.alert(members))
        #expect(alert.startsAt == Self.noon + start)
        #expect(alert.endsAt == Self.noon + end)
        #expect(alert.isEndAssumed == isAssumed)
    }

    @Test("how long an alert without an end goes on can be said")
    func timeout() throws {
        let body = Array(#"[{"labels":{"a":"b"}}]"#.utf8)
        let decoded = try AlertmanagerAlerts.decode(body, resolveTimeout: .seconds(7), now: Self.noon)
        #expect(decoded.alerts.first?.endsAt == Self.noon + .seconds(7))
        let last = Timestamp(milliseconds: .max)
        #expect(try AlertmanagerAlerts.decode(body, now: last).alerts.first?.endsAt == last)
    }

    @Test("an alert without a name is one all the same")
    func nameless() throws {
        let alert = try Self.decode(#"[{"labels":{"job":"shop","no":null}}]"#).alerts.first
        #expect(alert?.name == "" && alert?.severity == "" && alert?.labels == Labels(["job": "shop"]))
    }

    @Test("members that are not known are passed over, null is nothing")
    func others() throws {
        let alert = try Self.alert(
            #""fingerprint":"x","more":{"a":[1,{"b":null}]},"annotations":null,"generatorURL":null"#)
        #expect(alert?.annotations == [:] && alert?.generatorURL == "")
    }

    static let wrong: [(alert: String, reason: String)] = [
        ("7", "an alert must be an object, not a number"),
        ("null", "an alert must be an object, not null"),
        ("{}", "an alert must have at least one label that is not empty"),
        (#"{"labels":{}}"#, "an alert must have at least one label that is not empty"),
        (#"{"labels":{"a":""}}"#, "an alert must have at least one label that is not empty"),
        (#"{"labels":{"a":"b","a":""}}"#, "an alert must have at least one label that is not empty"),
        (#"{"labels":["a"]}"#, "'labels' must be an object of strings, not an array"),
        (#"{"labels":{"a":1}}"#, "'a' must be a string, not a number"),
        (#"{"labels":{"":"b"}}"#, "a label in 'labels' has no name"),
        (#"{"labels":{"a":"b"},"annotations":"c"}"#, "'annotations' must be an object of strings, not a string"),
        (#"{"labels":{"a":"b"},"annotations":{"c":{}}}"#, "'c' must be a string, not an object"),
        (#"{"labels":{"a":"b"},"startsAt":5}"#, "'startsAt' must be a string, not a number"),
        (
            #"{"labels":{"a":"b"},"endsAt":"tomorrow"}"#,
            "'endsAt' must be a time such as 2026-03-01T12:00:00Z, not 'tomorrow'"
        ),
        (
            #"{"labels":{"a":"b"},"startsAt":"2026-03-01T12:00:01Z","endsAt":"2026-03-01T12:00:00Z"}"#,
            "'endsAt' is 2026-03-01T12:00:00Z, before 'startsAt', 2026-03-01T12:00:01Z"
        ),
        (
            #"{"labels":{"a":"b"},"startsAt":"2026-03-01T12:05:01Z"}"#,
            """
            'startsAt' is 2026-03-01T12:05:01Z, too far ahead of now, 2026-03-01T12:00:00Z: set the sender's clock
            """
        ),
    ]

    @Test("what is wrong is refused with the reason, the alerts around it survive", arguments: wrong.indices)
    func refused(index: Int) throws {
        let (alert, reason) = Self.wrong[index]
        let decoded = try Self.decode(#"[{"labels":{"n":"0"}}, \#(alert), {"labels":{"n":"2"}}]"#)
        #expect(decoded.alerts.map { $0.labels["n"] } == ["0", "2"])
        #expect(decoded.refusals == [DecodedAlerts.Refusal(index: 1, reason: reason)])
        #expect(decoded.problem == "1 alerts refused, 2 accepted: alerts[1]: \(reason)")
    }

    static let malformed: [(body: String, offset: Int, reason: String)] = [
        ("", 0, "expected a value"),
        ("{}", 0, "the alerts must be an array, not an object"),
        ("[{]", 2, "expected a member's name in quotes"),
        (#"[{"labels":{"a":"b"}}"#, 21, "expected ','"),
        (#"[{"labels":{"a":"b"}}] []"#, 23, "something follows the value"),
        (#"[{"labels":{"a":"b"},}]"#, 21, "expected a member's name in quotes"),
    ]

    @Test("a body that is no array of alerts is refused as a whole, with the place", arguments: malformed.indices)
    func unreadable(index: Int) {
        let (body, offset, reason) = Self.malformed[index]
        #expect(throws: AlertWireError.malformed(offset: offset, reason: reason)) { try Self.decode(body) }
        #expect(AlertWireError.malformed(offset: offset, reason: reason).status == 400)
    }

    @Test("no alerts are none")
    func none() throws {
        #expect(try Self.decode(" [ ] ").alerts.isEmpty)
    }
}
