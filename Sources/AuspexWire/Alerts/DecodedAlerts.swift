package import AuspexSignals

/// What came out of a request with alerts: those that can be used, those that can't, and what was shortened.
package struct DecodedAlerts: Hashable, Sendable {
    /// An alert that was left out.
    package struct Refusal: Hashable, Sendable, CustomStringConvertible {
        /// Its place among the alerts of the request, from 0.
        package var index: Int
        /// What was wrong and what would be right.
        package var reason: String

        package var description: String { "alerts[\(index)]: \(reason)" }
    }

    /// The alerts that were accepted, in order.
    package private(set) var alerts: [ReceivedAlert] = []
    /// The first of those that were left out, each with the reason.
    package private(set) var refusals: [Refusal] = []
    /// How many were left out, whether described or not.
    package private(set) var refused = 0
    /// How many alerts lost some of their annotations or their address to a limit.
    package private(set) var shortened = 0

    private let described: Int

    init(limits: AlertLimits) {
        described = limits.describedRefusals
    }

    mutating func accept(_ alert: ReceivedAlert, isShortened: Bool) {
        alerts.append(alert)
        if isShortened { shortened += 1 }
    }

    mutating func refuse(_ index: Int, _ reason: String) {
        refused += 1
        if refusals.count < described { refusals.append(Refusal(index: index, reason: reason)) }
    }

    /// What to answer when something was left out; nil when nothing was.
    package var problem: String? {
        guard refused > 0 else { return nil }
        let more = refused > refusals.count ? "; and \(refused - refusals.count) more" : ""
        return "\(refused) alerts refused, \(alerts.count) accepted: "
            + refusals.map(\.description).joined(separator: "; ") + more
    }
}
