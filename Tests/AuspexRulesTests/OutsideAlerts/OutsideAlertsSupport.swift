import AuspexRules
import AuspexSignals

/// An alert as it is sent once, its times in seconds of the tests' clock.
func sent(
    _ name: String = "A", from start: Int64, to end: Int64, assumed: Bool = false, more: [String: String] = [:]
) -> ReceivedAlert {
    let labels = more.merging(["alertname": name, "severity": "critical"]) { $1 }
    return ReceivedAlert(
        labels: Labels(labels), startsAt: second(start), endsAt: second(end), isEndAssumed: assumed)
}

extension OutsideAlerts {
    /// Takes alerts in at `seconds`; the facts as `firing A 10`.
    mutating func take(_ alerts: ReceivedAlert..., at seconds: Int64) -> [String] {
        receive(alerts, at: second(seconds)).map(\.brief)
    }

    /// Lets time pass to `seconds`; the facts as above.
    mutating func pass(to seconds: Int64) -> [String] { advance(to: second(seconds)).map(\.brief) }

    /// The names of the alerts that fire.
    var names: [String] { firing.map(\.name) }
}

extension Fact {
    /// State, name and time in seconds of an alert.
    var brief: String {
        guard case .alert(let alert) = self else { return "\(self)" }
        return "\(alert.state.rawValue) \(alert.name) \(alert.time.milliseconds / 1_000)"
    }
}
