import AuspexSignals

/// What windows do to alerts: a maintenance holds back their notices, and in either kind nothing starts by itself.
extension RuleEngine {
    /// Lets time pass for windows: when one closes, alerts that it held back and that still fire are told, and when one
    /// opens, those that fire are held back.
    mutating func passWindows(upTo moment: Timestamp) -> [RuleEvent] {
        guard let change = nextWindow, change <= moment else { return [] }
        nextWindow = nil
        var events: [RuleEvent] = []
        for place in states.indices {
            for alert in activeAlerts(at: place) where alert.state == .firing {
                let reason = ruleSet.windows.effect(at: moment, labels: alert.matchedLabels).reason
                if let reason {
                    guard alert.heldBack == nil else { continue }
                    events += hold(held(alert, at: place), reason, at: place)
                } else if alert.heldBack?.hasPrefix(WindowEffect.reasonPrefix) ?? false {
                    events += decide(held(alert, at: place), at: place, moment)
                }
            }
        }
        noteWindow(after: moment)
        return events
    }

    /// Notes when a window next opens or closes.
    mutating func noteWindow(after time: Timestamp) {
        guard let change = ruleSet.windows.nextChange(after: time) else { return }
        nextWindow = min(nextWindow ?? change, change)
    }
}

extension WindowEffect {
    static let reasonPrefix = "maintenance "

    /// Why nobody is told; nil if somebody is.
    var reason: String? { holdsNotices ? Self.reasonPrefix + maintenance.joined(separator: ", ") : nil }
}
