import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite("Notifications of an Alertmanager and of Grafana")
struct AlertmanagerWebhookTests {
    static let noon = AlertmanagerAlertsTests.noon

    static func decode(_ text: String) throws -> AlertNotification {
        try AlertmanagerWebhook.decode(Array(text.utf8), now: noon)
    }

    /// A notification of one alert with these members beside its labels.
    static func one(_ members: String) throws -> DecodedAlerts {
        try decode(#"{"alerts":[{"labels":{"alertname":"A"},\#(members)}],"version":"4"}"#).alerts
    }

    @Test(
        "a notification that a real Alertmanager sent",
        .enabled(if: PublicData.here.isExpected("webhooks"), "\(PublicData.hint)"))
    func recorded() throws {
        let data = try Data(contentsOf: try PublicData.here.url("webhooks/alertmanager/alert.json"))
        let notification = try AlertmanagerWebhook.decode(Array(data), now: Self.noon)
        #expect(notification.receiver == "ops-zulip" && notification.status == "firing")
        #expect(notification.groupKey == "{}/{}:{}" && notification.externalURL == "http://ops1:9093")
        #expect(notification.groupLabels == Labels() && notification.truncatedAlerts == 0)
        #expect(
            notification.commonLabels == Labels(["alertname": "High CPU Temperature", "severity": "critical"]))
        #expect(notification.alerts.refused == 0)
        let alerts = notification.alerts.alerts
        #expect(
            alerts.map { $0.annotations["description"] } == [
                "CPU core temperature is 34.75C", "CPU core temperature is 17.625C",
            ])
        for alert in alerts {
            #expect(
                alert.labels
                    == Labels(["alertname": "High CPU Temperature", "host": "andromeda", "severity": "critical"]))
            #expect(alert.startsAt == Timestamp(iso8601: "2020-02-06T00:17:58.432Z"))
            #expect(alert.isEndAssumed && alert.endsAt == Self.noon + .hours(144))
            #expect(alert.generatorURL.hasPrefix("http://cobalt:9090/graph?"))
        }
    }

    @Test("a notification in the form that Grafana documents, one of its alerts resolved")
    func grafana() throws {
        let notification = try Self.decode(
            """
            {"receiver":"My Super Webhook","status":"firing","orgId":1,"alerts":[{"status":"firing","labels":\
            {"alertname":"High memory usage","team":"blue","zone":"us-1"},"annotations":{"description":"The system has \
            high memory usage","runbook_url":"https://myrunbook.com/runbook/1234"},"startsAt":\
            "2021-10-12T09:51:03.157076+02:00","endsAt":"0001-01-01T00:00:00Z","generatorURL":\
            "https://play.grafana.org/alerting/1afz29v7z/edit","fingerprint":"c6eadffa33fcdf37","silenceURL":\
            "https://play.grafana.org/alerting/silence/new?alertmanager=grafana","dashboardURL":"","panelURL":"",\
            "values":{"B":44.23943737541908,"C":1}},{"status":"resolved","labels":{"alertname":"High CPU usage",\
            "team":"blue","zone":"eu-1"},"annotations":{"description":"The system has high CPU usage"},"startsAt":\
            "2021-10-12T09:56:03.157076+02:00","endsAt":"2021-10-12T10:01:03.157076+02:00","generatorURL":"",\
            "valueString":"[ metric='' labels={} value=44.2 ]","values":null}],"groupLabels":{},"commonLabels":\
            {"team":"blue"},"commonAnnotations":{},"externalURL":"https://play.grafana.org/","version":"1","groupKey":\
            "{}:{}","truncatedAlerts":3,"title":"[FIRING:2]  (blue)","state":"alerting","message":"**Firing**"}
            """)
        #expect(notification.truncatedAlerts == 3 && notification.commonLabels == Labels(["team": "blue"]))
        let alerts = notification.alerts.alerts
        #expect(alerts.map(\.name) == ["High memory usage", "High CPU usage"])
        #expect(alerts.map(\.isEndAssumed) == [true, false])
        #expect(alerts.last?.endsAt == Timestamp(iso8601: "2021-10-12T08:01:03.157Z"))
    }

    static let times: [(members: String, start: TimeSpan, end: TimeSpan, isAssumed: Bool)] = [
        (#""status":"firing""#, .zero, .hours(144), true),
        (#""status":"firing","startsAt":"2026-03-01T13:00:00Z""#, .zero, .hours(144), true),
        (#""status":"firing","endsAt":"2026-03-01T11:00:00Z""#, .zero, .hours(144), true),
        (#""status":"firing","endsAt":"2026-03-01T13:00:00Z""#, .zero, .hours(1), false),
        (#""status":"resolved""#, .zero, .zero, false),
        (#""status":"resolved","startsAt":"2026-03-01T11:00:00Z""#, .hours(-1), .zero, false),
        (#""status":"resolved","endsAt":"2026-03-01T13:00:00Z""#, .zero, .zero, false),
        (
            #""status":"resolved","startsAt":"2026-03-01T11:30:00Z","endsAt":"2026-03-01T11:00:00Z""#, .hours(-1),
            .hours(-1), false
        ),
    ]

    @Test("the status decides, whatever the times are", arguments: times.indices)
    func leftOut(index: Int) throws {
        let (members, start, end, isAssumed) = Self.times[index]
        let alert = try #require(try Self.one(members).alerts.first)
        #expect(alert.startsAt == Self.noon + start)
        #expect(alert.endsAt == Self.noon + end)
        #expect(alert.isEndAssumed == isAssumed)
    }

    @Test("an alert of no known status is refused alone")
    func status() throws {
        let text = """
            {"version":"4","alerts":[{"labels":{"a":"1"},"status":"firing"},{"labels":{"a":"2"}},\
            {"labels":{"a":"3"},"status":"pending"}]}
            """
        let alerts = try Self.decode(text).alerts
        #expect(alerts.alerts.map { $0.labels["a"] } == ["1"])
        #expect(
            alerts.refusals.map(\.description) == [
                "alerts[1]: 'status' must be 'firing' or 'resolved'",
                "alerts[2]: 'status' must be 'firing' or 'resolved', not 'pending'",
            ])
    }

    @Test("another version is refused, and so is none")
    func version() {
        #expect(throws: AlertWireError.unsupportedVersion("5")) { try Self.decode(#"{"version":"5","alerts":[]}"#) }
        #expect(throws: AlertWireError.unsupportedVersion(nil)) { try Self.decode(#"{"alerts":[]}"#) }
        #expect(AlertWireError.unsupportedVersion(nil).status == 400)
    }

    static let malformed: [(body: String, reason: String)] = [
        ("[]", "a notification must be an object, not an array"),
        (#"{"version":"4"}"#, "a notification must have 'alerts'"),
        (#"{"version":4,"alerts":[]}"#, "'version' must be a string, not a number"),
        (#"{"version":"4","alerts":null}"#, "the alerts must be an array, not null"),
        (#"{"version":"4","alerts":[],"truncatedAlerts":-1}"#, "'truncatedAlerts' must be a whole number from 0"),
        (#"{"version":"4","alerts":[],"truncatedAlerts":"1"}"#, "'truncatedAlerts' must be a whole number from 0"),
        (#"{"version":"4","alerts":[],"groupLabels":3}"#, "'groupLabels' must be an object of strings, not a number"),
    ]

    @Test("a body that is no notification is refused as a whole", arguments: malformed.indices)
    func unreadable(index: Int) {
        let (body, reason) = Self.malformed[index]
        let error = #expect(throws: AlertWireError.self) { try Self.decode(body) }
        #expect(error?.description.hasSuffix(reason) == true, "\(error?.description ?? "")")
    }
}
