import AuspexChanges
import AuspexRules
import AuspexSignals

extension ServiceHealth {
    /// What is known of a service by its `series` and its open `alerts`; nil when there are neither.
    init?(series: [WatchedSeries], alerts: [AuspexRules.Alert]) {
        let own = series.filter { !$0.hasEnded }
        guard !own.isEmpty || !alerts.isEmpty else { return nil }
        let readings = own.compactMap { watched in watched.latest.map { (watched.labels, $0) } }
        let anomalies = readings.filter { $0.1.isAnomalous }
            .map { ServiceHealth.Anomaly(series: $0.0.description, score: $0.1.anomalyScore) }
        self.init(
            lastSampleAt: readings.map(\.1.time).max(),
            readySeries: readings.count { $0.1.readiness == .ready },
            warmingSeries: readings.count {
                if case .warmingUp = $0.1.readiness { true } else { false }
            },
            alerts: alerts.map { alert in
                ServiceHealth.Alert(
                    name: alert.rule, severity: .init(alert.severity),
                    state: alert.state == .firing ? .firing : .pending,
                    since: alert.startedAt)
            },
            anomalies: anomalies.sorted { $0.series < $1.series })
    }
}

extension ServiceHealth.Alert.Severity {
    init(_ severity: AuspexRules.Severity) {
        switch severity {
        case .critical: self = .critical
        case .warning: self = .warning
        case .info: self = .info
        }
    }
}
