import AuspexSignals

/// Measures whether there are more new alerts, or alerts of more services, within a minute than a storm takes. Memory: one
/// moment for each alert and each service that a storm takes.
struct StormGauge: Hashable, Sendable, Codable {
    static let minute = TimeSpan.minutes(1)

    /// When a service last had a new alert.
    private struct Seen: Hashable, Sendable, Codable {
        var service: String
        var at: Timestamp
    }

    let bounds: IncidentSettings.Storm
    /// When the storm is over unless it goes on; nil when there is none.
    private(set) var until: Timestamp?
    /// The incident of the storm; of the last one when there is none.
    var incident: String?
    private var alerts: [Timestamp] = []
    private var services: [Seen] = []

    init(_ bounds: IncidentSettings.Storm) {
        // Its values may have been set, or read, without regard to their ranges.
        self.bounds = IncidentSettings.Storm(
            alertsPerMinute: bounds.alertsPerMinute, services: bounds.services, coolDown: bounds.coolDown)
    }

    /// The gauge with other bounds, which count from the next alert on.
    func following(_ bounds: IncidentSettings.Storm) -> StormGauge {
        var gauge = StormGauge(bounds)
        gauge.until = until
        gauge.incident = incident
        gauge.alerts = alerts.suffix(gauge.bounds.alertsPerMinute)
        gauge.services = services.suffix(gauge.bounds.services)
        return gauge
    }

    /// Whether there is a storm.
    var isOn: Bool { until != nil }

    /// Notes a new alert; moments don't go back. The storm begins or goes on when there are too many.
    mutating func note(_ service: String, at time: Timestamp) {
        alerts.append(time)
        if alerts.count > bounds.alertsPerMinute + 1 { alerts.removeFirst() }
        if !service.isEmpty {
            services.removeAll { $0.service == service }
            services.append(Seen(service: service, at: time))
            if services.count > bounds.services + 1 { services.removeFirst() }
        }
        let start = time - Self.minute
        let isDense = alerts.count > bounds.alertsPerMinute && alerts[0] > start
        let isWide = services.count > bounds.services && services[0].at > start
        if isDense || isWide { until = time + bounds.coolDown }
    }

    /// Ends the storm.
    mutating func end() { until = nil }
}
