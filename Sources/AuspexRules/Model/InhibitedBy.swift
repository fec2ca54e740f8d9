import AuspexExpressions
import AuspexSignals

/// `inhibited_by` of a rule: which alerts keep its own quiet while they fire.
struct InhibitedBy: Sendable {
    /// Alerts with equal labels.
    struct Alerts: Sendable {
        let test: RuleExpression?
        let equal: [String]
    }

    /// Alerts of services that the rule's depend on, or that depend on them.
    struct Topology: Sendable {
        let direction: ServiceDirection
        let depth: Int
        let test: RuleExpression?
    }

    let alerts: Alerts?
    let topology: Topology?
    let longest: TimeSpan

    /// The expressions' texts, for telling two of them apart.
    var text: String {
        var texts: [String] = []
        if let alerts { texts.append("alerts \(alerts.test?.text ?? "*") equal \(alerts.equal)") }
        if let topology {
            texts.append("\(topology.direction.rawValue) \(topology.depth) \(topology.test?.text ?? "*")")
        }
        return (texts + ["max \(longest)"]).joined(separator: "; ")
    }

    /// The form in which the index of inhibitions takes it, for the alerts of the rule called `id`. An expression that has
    /// no answer inhibits nothing: what is in doubt is told.
    func rule(about id: String, _ windows: WindowSet, _ services: ServiceReachMemo) -> InhibitionRule {
        InhibitionRule(
            labels: alerts.map { alerts in
                InhibitionRule.ByLabels(equal: alerts.equal) { Self.holds(alerts.test, $0, windows, services) }
            },
            topology: topology.map { topology in
                InhibitionRule.ByTopology(direction: topology.direction, depth: topology.depth) {
                    Self.holds(topology.test, $0, windows, services)
                }
            },
            longest: longest, isTarget: { $0.rule == id })
    }

    private static func holds(
        _ test: RuleExpression?, _ alert: Alert, _ windows: WindowSet, _ services: ServiceReachMemo
    ) -> Bool {
        guard let test else { return true }
        // By when it fired, so that the answer is the same for as long as it does.
        let firedAt = alert.firedAt ?? alert.startedAt
        let context =
            test.needsContext
            ? RuleContext(
                now: firedAt, labels: alert.matchedLabels, windows: windows, services: services, fleet: nil) : nil
        return (try? test.holds(["alert": alert.value(firedAt: firedAt)], in: context)) ?? false
    }
}
