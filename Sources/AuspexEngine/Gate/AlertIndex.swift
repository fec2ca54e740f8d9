import AuspexRules
import AuspexSignals

/// The alerts that are pending or firing, by service. There are no more of them than the rules hold.
struct AlertIndex: Sendable {
    private var alerts: [String: Alert] = [:]
    private var services: [String: Set<String>] = [:]

    /// How many there are.
    var count: Int { alerts.count }

    /// The alert of this identifier; nil unless it is pending or firing.
    subscript(id: String) -> Alert? { alerts[id] }

    /// Takes note of how an alert stands.
    mutating func take(_ alert: Alert) {
        if let known = alerts.removeValue(forKey: alert.id) {
            for name in Self.services(of: known) {
                services[name]?.remove(known.id)
                if services[name]?.isEmpty ?? false { services[name] = nil }
            }
        }
        guard alert.state != .resolved else { return }
        alerts[alert.id] = alert
        for name in Self.services(of: alert) { services[name, default: []].insert(alert.id) }
    }

    /// The alerts of one of these services, each once, in order of their identifiers, without those of another environment.
    /// Costs what it finds.
    func alerts(ofServices names: [String], in environment: String = "") -> [Alert] {
        names.reduce(into: Set<String>()) { $0.formUnion(services[$1] ?? []) }.sorted().compactMap { alerts[$0] }
            .filter { Self.whereabouts(of: $0).mayBe(in: environment) }
    }

    /// Whether an incident counts for an environment: its labels say where it is, or else its open alerts do, each for
    /// itself.
    func mayBe(_ incident: Incident, in environment: String) -> Bool {
        guard !environment.isEmpty else { return true }
        let place = Whereabouts(of: incident.labels)
        guard place == .unknown else { return place.mayBe(in: environment) }
        let open = incident.alerts.compactMap { alerts[$0.id] }
        return open.isEmpty || open.contains { Self.whereabouts(of: $0).mayBe(in: environment) }
    }

    /// Where the alert says that it is; one of a rule that does not group by that is where its last fact was.
    private static func whereabouts(of alert: Alert) -> Whereabouts {
        let place = Whereabouts(of: alert.labels)
        return place == .unknown ? Whereabouts(of: alert.evidence.series) : place
    }

    /// What it is about, and what it rests on.
    private static func services(of alert: Alert) -> Set<String> {
        ServiceIndex.services(of: alert.labels).union(ServiceIndex.services(of: alert.evidence.series))
    }
}
