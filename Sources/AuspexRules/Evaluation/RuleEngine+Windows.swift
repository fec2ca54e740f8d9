import AuspexSignals

/// What windows do to alerts: a maintenance holds back their notices, a freeze keeps runbooks from starting by themselves.
extension RuleEngine {
    /// The events as the windows that are open at their times let them happen. A request follows its alert.
    mutating func inWindows(_ events: [RuleEvent], at place: Int) -> [RuleEvent] {
        guard !ruleSet.windows.windows.isEmpty else { return events }
        var effect = WindowEffect()
        return events.map { event in
            switch event {
            case .alert(var alert):
                guard alert.state == .firing, let time = alert.firedAt else { return event }
                effect = ruleSet.windows.effect(at: time, labels: alert.matchedLabels)
                nextWindow = nextWindow ?? ruleSet.windows.nextChange(after: time)
                guard let reason = effect.reason, alert.heldBack == nil else { return event }
                alert.heldBack = reason
                states[place].notes[alert.group, default: AlertNote()].heldBack = reason
                return .alert(alert)
            case .request(var request):
                request.mode = effect.mode(request.mode)
                return .request(request)
            }
        }
    }

    /// Lets time pass for windows: when one closes, alerts that it held back and that still fire are told, and when one
    /// opens, those that fire are held back.
    mutating func passWindows(upTo moment: Timestamp) -> [RuleEvent] {
        guard let change = nextWindow, change <= moment else { return [] }
        var events: [RuleEvent] = []
        for alert in activeAlerts where alert.state == .firing {
            let reason = ruleSet.windows.effect(at: moment, labels: alert.matchedLabels).reason
            let isFree = alert.heldBack == nil || alert.heldBack?.hasPrefix(WindowEffect.reasonPrefix) ?? false
            guard isFree, reason != alert.heldBack, let place = ruleSet.place(of: alert.rule) else { continue }
            states[place].notes[alert.group, default: AlertNote()].heldBack = reason
            var alert = alert
            alert.heldBack = reason
            events.append(.alert(alert))
        }
        nextWindow = ruleSet.windows.nextChange(after: moment)
        return events
    }
}

extension WindowEffect {
    static let reasonPrefix = "maintenance "

    /// Why nobody is told; nil if somebody is.
    fileprivate var reason: String? { holdsNotices ? Self.reasonPrefix + maintenance.joined(separator: ", ") : nil }
}
