import AuspexChanges
import AuspexRules
import AuspexSignals

/// The faults of an incident, and earlier ones of the same kinds, from the alerts that are kept.
struct IncidentFaults {
    /// Rules of an incident that are asked for earlier alerts, in order of their names.
    static let mostRules = 50
    /// Alerts of one rule that are read, the newest ones.
    static let mostAlerts = 2_000
    /// How far back from the incident's beginning changes are looked at.
    static let lookback = TimeSpan.hours(72)

    /// Labels that say where something is, and what kind of place that is.
    private static let placeLabels = [
        "instance": "instance", "host": "host", "hostname": "host", "node": "node", "pod": "pod", "zone": "zone",
        "availability_zone": "zone", "region": "region", "cluster": "cluster", "environment": "environment",
        "env": "environment", "deployment_environment": "environment",
    ]

    /// The faults in the order of their times.
    let faults: [Fault]
    /// How many of them are the incident's own; the others came before it.
    let ownCount: Int

    /// Reads the alerts.
    init(of incident: Incident, from store: any AlertStore, vetoWindow: TimeSpan) async throws {
        // What an alert is about does not change, however often it comes back.
        let kinds = Dictionary(incident.alerts.map { ($0.recurrence, $0) }) { one, _ in one }
        var faults: [String: Fault] = [:]
        for alert in incident.alerts {
            faults[alert.id] = Fault(signature: Self.signature(alert), service: alert.service, time: alert.firedAt)
            if alert.lastFiredAt > alert.firedAt {
                faults[alert.id + " again"] = Fault(
                    signature: Self.signature(alert), service: alert.service, time: alert.lastFiredAt)
            }
        }
        ownCount = faults.count
        for rule in Set(incident.alerts.map(\.rule)).sorted().prefix(Self.mostRules) {
            let filter = AlertFilter(
                rule: rule, onlyFired: true, startedSince: incident.startedAt - Self.lookback - vetoWindow,
                startedUntil: incident.lastAlertAt + TimeSpan(milliseconds: 1), limit: Self.mostAlerts)
            for alert in try await store.alerts(matching: filter) {
                guard let known = kinds[alert.recurrence] else { continue }
                let own = faults[alert.id]
                faults[alert.id] = Fault(
                    signature: Self.signature(known), service: own?.service ?? known.service,
                    places: Self.places(of: alert), time: own?.time ?? alert.firedAt ?? alert.startedAt)
            }
        }
        self.faults = faults.sorted { ($0.value.time, $0.key) < ($1.value.time, $1.key) }.map(\.value)
    }

    private static func signature(_ alert: IncidentAlert) -> String { "\(alert.rule) \(alert.recurrence)" }

    private static func places(of alert: Alert) -> Set<Place> {
        var places: Set<Place> = []
        for labels in [alert.evidence.series, alert.labels] {
            for pair in labels.pairs {
                if let kind = placeLabels[pair.name], !pair.value.isEmpty {
                    places.insert(Place(kind: kind, name: pair.value))
                }
            }
        }
        return places
    }
}
