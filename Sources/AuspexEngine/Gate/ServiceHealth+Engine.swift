import AuspexChanges
import AuspexRules
import AuspexSignals

extension ServiceHealth {
    /// The labels by which a series or an alert says which service it belongs to.
    static let serviceLabels = ["service", "job"]

    /// Whether a series or an alert with these labels is the service's.
    static func belongs(_ labels: Labels, to service: String) -> Bool {
        serviceLabels.contains { labels[$0] == service }
    }

    /// What is known of a service: the `series` that are its own, and those of the `alerts` that are open.
    init?(of service: String, series: [WatchedSeries], alerts: [AuspexRules.Alert]) {
        let own = series.filter { !$0.hasEnded }.sorted { $0.labels.description < $1.labels.description }
        let open = alerts.filter { alert in
            alert.state != .resolved
                && (Self.belongs(alert.labels, to: service) || Self.belongs(alert.evidence.series, to: service))
        }
        guard !own.isEmpty || !open.isEmpty else { return nil }
        let readings = own.compactMap { watched in watched.latest.map { (watched.labels, $0) } }
        self.init(
            lastSampleAt: readings.map(\.1.time).max(),
            readySeries: readings.count { $0.1.readiness == .ready },
            warmingSeries: readings.count {
                if case .warmingUp = $0.1.readiness { true } else { false }
            },
            alerts: open.map { alert in
                ServiceHealth.Alert(
                    name: alert.rule, severity: .init(alert.severity),
                    state: alert.state == .firing ? .firing : .pending,
                    since: alert.startedAt)
            },
            anomalies: readings.filter { $0.1.isAnomalous }
                .map { ServiceHealth.Anomaly(series: $0.0.description, score: $0.1.anomalyScore) })
    }
}

extension ServiceHealth.Alert.Severity {
    fileprivate init(_ severity: AuspexRules.Severity) {
        switch severity {
        case .critical: self = .critical
        case .warning: self = .warning
        case .info: self = .info
        }
    }
}
