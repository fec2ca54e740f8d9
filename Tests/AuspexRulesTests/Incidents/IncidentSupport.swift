import AuspexSignals

@testable import AuspexRules

/// An alert that fired, and perhaps ended, so many seconds after the start of the tests' clock.
func alert(
    _ id: String, _ service: String = "", at fired: Int64, until resolved: Int64? = nil, rule: String = "errors",
    severity: Severity = .warning, labels: [String: String] = [:], group: [String: String]? = nil
) -> Alert {
    let all = Labels(labels.merging(["service": service]) { own, _ in own })
    return Alert(
        id: id, rule: rule, title: "Alert \(id)", severity: severity, owner: "", runbookURL: "",
        group: group.map { Labels($0) } ?? Labels(["alert": id]), labels: all,
        state: resolved == nil ? .firing : .resolved, startedAt: second(fired), firedAt: second(fired),
        resolvedAt: resolved.map { second($0) }, evidence: Evidence(.stale(Labels(), at: second(fired))), note: "")
}

/// The identifier of an incident that begins with an alert.
func incidentID(_ alert: String) -> String { Incident.id(of: IncidentAlert.hash(of: alert)) }

/// A graph of `shop → db`: one link a text.
func dependencies(_ links: String...) -> ServiceGraph {
    var graph = ServiceGraph()
    _ = graph.tell(
        links.map { text in
            let ends = text.split(separator: " ").map(String.init)
            return ServiceLink(ends.first ?? "", dependsOn: ends.last ?? "")
        }, at: second(0))
    return graph
}

extension IncidentTracker {
    /// Hands in alerts at the given second.
    @discardableResult
    mutating func take(_ alerts: Alert..., at seconds: Int64) -> [IncidentUpdate] {
        handle(alerts.map { .alert($0) }, now: second(seconds))
    }

    /// The alerts of each incident, oldest incident first.
    var groups: [[String]] { incidents.reversed().map { $0.alerts.map(\.id) } }
}
