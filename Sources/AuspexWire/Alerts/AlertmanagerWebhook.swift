package import AuspexSignals

/// Notifications as an Alertmanager's `webhook_config` sends them, version 4, and as Grafana's webhook contact point
/// does, which writes version 1 and has more members.
///
/// ```json
/// {"version": "4", "receiver": "auspex", "status": "firing", "groupKey": "{}:{}", "groupLabels": {},
///  "commonLabels": {}, "externalURL": "http://…", "truncatedAlerts": 0,
///  "alerts": [{"status": "firing", "labels": {"alertname": "HighLoad"}, "annotations": {}, "fingerprint": "…",
///              "startsAt": "2026-03-01T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://…"}]}
/// ```
///
/// The status decides, not the end: what fires has none, and goes on until the sender says that it is over. The same
/// notification may come more than once.
///
/// Source: Alertmanager 0.25, `notify/webhook` and `template` (Apache-2.0); Grafana, "Configure the webhook
/// notifier".
package enum AlertmanagerWebhook {
    /// How long an alert goes on of which nothing more is heard, so that one whose end was lost does not stay for good.
    /// An Alertmanager repeats what it has told at the latest when its log of that forgets it, by default after 120
    /// hours.
    package static let silence = TimeSpan.hours(144)

    private static let versions: Set<String> = ["1", "4"]

    /// Decodes a request's body. Alerts that are wrong are left out, each with the reason; the others survive.
    ///
    /// Linear in the bytes.
    ///
    /// - Parameters:
    ///   - body: The body, not compressed.
    ///   - limits: What a request may cost.
    ///   - silence: How long an alert goes on of which nothing more is heard.
    ///   - now: When the request came.
    /// - Throws: ``AlertWireError`` when the body as a whole can't be read; then nothing of it counts.
    package static func decode(
        _ body: [UInt8], limits: AlertLimits = AlertLimits(), silence: TimeSpan = AlertmanagerWebhook.silence,
        now: Timestamp
    ) throws(AlertWireError) -> AlertNotification {
        let (notification, version) = try AlertList.reading(body, limits) { cursor throws(LogWireError) in
            try read(&cursor, limits, silence, now)
        }
        guard let version, versions.contains(version) else {
            throw .unsupportedVersion(version.map(AlertReader.shown))
        }
        return notification
    }

    private static func read(
        _ cursor: inout JSONCursor, _ limits: AlertLimits, _ silence: TimeSpan, _ now: Timestamp
    ) throws(LogWireError) -> (AlertNotification, version: String?) {
        let kind = try cursor.kind()
        guard kind == .object else { throw cursor.failure("a notification must be an object, not \(kind.rawValue)") }
        var notification = AlertNotification(alerts: DecodedAlerts(limits: limits))
        var version: String?
        var hasAlerts = false
        try cursor.object { cursor, name throws(LogWireError) in
            switch name {
            case "version": version = try AlertReader.text(&cursor, name)
            case "receiver": notification.receiver = try text(&cursor, name, limits)
            case "status": notification.status = try text(&cursor, name, limits)
            case "groupKey": notification.groupKey = try text(&cursor, name, limits)
            case "externalURL": notification.externalURL = try text(&cursor, name, limits)
            case "groupLabels": notification.groupLabels = Labels(try AlertReader.labels(&cursor, name, limits))
            case "commonLabels": notification.commonLabels = Labels(try AlertReader.labels(&cursor, name, limits))
            case "truncatedAlerts": notification.truncatedAlerts = try count(&cursor, name)
            case "alerts":
                hasAlerts = true
                notification.alerts = try AlertList.alerts(&cursor, limits) { reader throws(AlertReader.Refusal) in
                    try alert(reader, now, silence)
                }
            default: try cursor.skip()
            }
        }
        guard hasAlerts else { throw cursor.failure("a notification must have 'alerts'") }
        return (notification, version)
    }

    private static func text(
        _ cursor: inout JSONCursor, _ member: String, _ limits: AlertLimits
    ) throws(LogWireError) -> String {
        try AlertReader.text(&cursor, member).cut(to: limits.annotationBytes)
    }

    private static func count(_ cursor: inout JSONCursor, _ member: String) throws(LogWireError) -> Int {
        let kind = try cursor.kind()
        guard kind == .number, let count = Int(try cursor.number()), count >= 0 else {
            throw cursor.failure("'\(member)' must be a whole number from 0")
        }
        return count
    }

    private static func alert(
        _ reader: AlertReader, _ now: Timestamp, _ silence: TimeSpan
    ) throws(AlertReader.Refusal) -> ReceivedAlert {
        switch reader.status {
        case "firing":
            let start = min(reader.startsAt ?? now, now)
            if let end = reader.endsAt, end > now { return reader.alert(from: start, to: end, isEndAssumed: false) }
            return reader.alert(from: start, to: now + silence, isEndAssumed: true)
        case "resolved":
            // One that is told to be over is over, whatever the sender's clock shows.
            let end = min(reader.endsAt ?? now, now)
            return reader.alert(from: min(reader.startsAt ?? end, end), to: end, isEndAssumed: false)
        case let status:
            let found = status.map { ", not '\(AlertReader.shown($0))'" } ?? ""
            throw AlertReader.Refusal(reason: "'status' must be 'firing' or 'resolved'" + found)
        }
    }
}
