package import AuspexSignals

/// Alerts as Prometheus and vmalert send them to an Alertmanager (`POST /api/v2/alerts`): a JSON array of objects.
///
/// ```json
/// [{"labels": {"alertname": "HighLoad", "severity": "critical"}, "annotations": {"summary": "…"},
///   "startsAt": "2026-03-01T12:00:00Z", "endsAt": "2026-03-01T12:04:00Z", "generatorURL": "http://…"}]
/// ```
///
/// Senders repeat their alerts as long as they last. An alert without an end is over when it has not been repeated for
/// some time, one whose end has passed is resolved.
///
/// Source: Alertmanager 0.25, `api/v2` and `types` (Apache-2.0).
package enum AlertmanagerAlerts {
    /// How long an alert without an end goes on after it was last sent: an Alertmanager's own `resolve_timeout`.
    package static let resolveTimeout = TimeSpan.minutes(5)

    /// Decodes a request's body. Alerts that are wrong are left out, each with the reason; the others survive.
    ///
    /// Linear in the bytes.
    ///
    /// - Parameters:
    ///   - body: The body, not compressed.
    ///   - limits: What a request may cost.
    ///   - resolveTimeout: How long an alert without an end goes on.
    ///   - now: When the request came.
    /// - Throws: ``AlertWireError`` when the body as a whole can't be read; then nothing of it counts.
    package static func decode(
        _ body: [UInt8], limits: AlertLimits = AlertLimits(),
        resolveTimeout: TimeSpan = AlertmanagerAlerts.resolveTimeout, now: Timestamp
    ) throws(AlertWireError) -> DecodedAlerts {
        try AlertList.reading(body, limits) { cursor throws(LogWireError) in
            try AlertList.alerts(&cursor, limits) { reader throws(AlertReader.Refusal) in
                try alert(reader, now, resolveTimeout)
            }
        }
    }

    /// Puts in the times that the sender left out, as an Alertmanager does.
    private static func alert(
        _ reader: AlertReader, _ now: Timestamp, _ timeout: TimeSpan
    ) throws(AlertReader.Refusal) -> ReceivedAlert {
        let start = reader.startsAt ?? reader.endsAt ?? now
        let end = reader.endsAt ?? now + timeout
        guard end >= start else {
            throw AlertReader.Refusal(
                reason: reader.endsAt == nil
                    ? "'startsAt' is \(start.iso8601), too far ahead of now, \(now.iso8601): set the sender's clock"
                    : "'endsAt' is \(end.iso8601), before 'startsAt', \(start.iso8601)")
        }
        return reader.alert(from: start, to: end, isEndAssumed: reader.endsAt == nil)
    }
}
