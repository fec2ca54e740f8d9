/// How many alerts there are of each rule and each service.
package struct AlertSummary: Hashable, Sendable, Codable {
    /// Rules and services that are counted by name; those beyond are counted under ``others``.
    package static let mostNames = 200
    /// The name under which the rest is counted. No rule or service is called so.
    package static let others = ""

    /// Alerts by rule.
    package private(set) var byRule: [String: Int] = [:]
    /// Alerts by service; those without one are among the others.
    package private(set) var byService: [String: Int] = [:]

    mutating func count(_ alert: IncidentAlert) {
        Self.count(alert.rule, in: &byRule)
        Self.count(alert.service, in: &byService)
    }

    private static func count(_ name: String, in counts: inout [String: Int]) {
        counts[counts[name] == nil && counts.count >= mostNames ? others : name, default: 0] += 1
    }

    /// The largest counts, largest first: `errors 120, latency 30`.
    static func text(_ counts: [String: Int], most: Int = 5) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most)
            .map { "\($0.key.isEmpty ? "others" : $0.key) \($0.value)" }.joined(separator: ", ")
    }
}
