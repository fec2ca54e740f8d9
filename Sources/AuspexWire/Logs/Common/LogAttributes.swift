package import AuspexSignals

/// How what senders say of a record becomes its attributes: the one place where names are decided.
///
/// Attributes have OpenTelemetry's names where it has any: `service.name`, `host.name`, `process.pid`, `log.iostream`,
/// `log.file.path`, `trace_id`, `span_id`, `k8s.pod.name`… What a sender names itself (attributes of OTLP, labels and
/// structured metadata of Loki, fields of Fluent's records) keeps its name. What only one format has is named after
/// it: `syslog.facility`, `syslog.msgid`, `syslog.sd.ID.NAME`, `journald.…`, `fluent.tag`.
///
/// | source | `service.name` | `host.name` | others |
/// |---|---|---|---|
/// | OTLP | as sent | as sent | resource, scope and record attributes, the later over the earlier; `otel.scope.name`, `otel.scope.version`, `event.name` |
/// | Loki | | | labels and structured metadata, the latter over the former |
/// | syslog | APP-NAME, or the tag that ends with a colon | HOSTNAME | `process.pid`, `syslog.facility`, `syslog.severity`, `syslog.msgid`, `syslog.procid` (no number), structured data |
/// | journald | `SYSLOG_IDENTIFIER` | `_HOSTNAME` | `process.pid`, `process.executable.path`, `process.command_line`, `systemd.unit`, `code.…`, `journald.…` |
/// | Docker, CRI | | | `log.iostream`, Docker's attrs |
/// | Fluent | | | `fluent.tag`, the record's fields but body and severity; the Kubernetes filter's as `k8s.…` |
/// | files | | | `log.file.path`, `log.file.name`, and what the configuration adds |
///
/// Beside them every record that says of which service it is has the label `service`, because rules group by it and
/// metrics have it: the first of ``serviceNames`` that the record has, unless it has a label `service` of its own.
package struct LogAttributes: Hashable, Sendable {
    /// The label that rules, gates and deploy windows know services by.
    package static let service = "service"
    /// Names under which senders put the name of a service, the most telling first.
    package static let serviceNames = [
        "service.name", "service_name", "app", "application", "app_kubernetes_io_name", "k8s.container.name",
        "container",
        "job",
    ]
    /// Names under which senders put the severity where their format has no place for it, the most telling first.
    package static let severityNames = [
        "severity", "level", "detected_level", "severity_text", "loglevel", "log_level", "levelname",
    ]

    private var values: [String: String] = [:]
    private let limits: LogLimits
    /// Whether a limit has cut something off.
    private(set) var isShortened = false

    /// No attributes.
    package init(limits: LogLimits = LogLimits()) {
        self.limits = limits
    }

    /// The value of an attribute.
    subscript(name: String) -> String? { values[name] }

    /// Sets an attribute; one without a name or a value is none.
    package mutating func set(_ name: String, _ value: String?) {
        guard let value, !name.isEmpty, !value.isEmpty else { return }
        guard name.utf8.count <= limits.attributeNameBytes,
            values.count < limits.attributes || values[name] != nil
        else {
            isShortened = true
            return
        }
        if value.utf8.count > limits.attributeValueBytes { isShortened = true }
        values[name] = value.cut(to: limits.attributeValueBytes)
    }

    /// The first of the names that there is a value for.
    func first(of names: [String]) -> String? {
        for name in names { if let value = values[name] { return value } }
        return nil
    }

    /// The attributes, with the label `service`.
    package var labels: Labels {
        guard values[Self.service] == nil, let service = first(of: Self.serviceNames) else { return Labels(values) }
        var all = values
        all[Self.service] = service
        return Labels(all)
    }

    /// The record with these attributes; its body is cut where it is too long.
    func record(time: Timestamp, severity: String, body: String) -> (record: LogRecord, isShortened: Bool) {
        let isLong = body.utf8.count > limits.bodyBytes
        let record = LogRecord(
            time: time, severity: severity, body: isLong ? body.cut(to: limits.bodyBytes) : body, attributes: labels)
        return (record, isShortened || isLong)
    }
}
