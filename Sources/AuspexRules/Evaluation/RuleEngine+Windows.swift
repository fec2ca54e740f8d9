import AuspexSignals

/// What keeps people from being told: a maintenance or a silence. In a maintenance and in a freeze nothing starts by itself,
/// either.
extension RuleEngine {
    /// Lets time pass for windows and silences: when one ends, alerts that it held back and that still fire are told, and
    /// when one begins, those that fire are held back.
    mutating func passWindows(upTo moment: Timestamp) -> [RuleEvent] {
        guard let change = nextWindow, change <= moment else { return [] }
        nextWindow = nil
        var events: [RuleEvent] = []
        for place in states.indices {
            let changes = states[place].notes.compactMap { group, note in
                let reason = quietReason(of: ruleSet.rules[place].matchedLabels(of: group), at: moment)
                let isConcerned = reason == nil ? note.isQuiet : note.heldBack == nil || note.isQuiet
                return isConcerned && note.heldBack != reason ? (group: group, reason: reason) : nil
            }
            for (group, reason) in changes.sorted(by: { $0.group.description < $1.group.description }) {
                guard let alert = activeAlert(at: place, of: group), alert.state == .firing else { continue }
                let held = held(alert, at: place)
                events += reason.map { hold(held, $0, at: place) } ?? decide(held, at: place, moment)
            }
        }
        noteWindow(after: moment)
        return events
    }

    /// Why nobody is told at `moment` of an alert with these labels (``Alert/matchedLabels``), be it for a maintenance or a
    /// silence; nil if somebody is.
    func quietReason(of labels: Labels, at moment: Timestamp) -> String? {
        ruleSet.windows.effect(at: moment, labels: labels).reason ?? silenceReason(of: labels, at: moment)
    }

    /// Notes when a window or a silence next begins or ends.
    mutating func noteWindow(after time: Timestamp) {
        let changes = [ruleSet.windows.nextChange(after: time), silences.nextChange(after: time)].compactMap(\.self)
        guard let change = changes.min() else { return }
        nextWindow = min(nextWindow ?? change, change)
    }
}

extension WindowEffect {
    static let reasonPrefix = "maintenance "

    /// Why nobody is told; nil if somebody is.
    var reason: String? { holdsNotices ? Self.reasonPrefix + maintenance.joined(separator: ", ") : nil }
}

extension Alert {
    /// Whether a maintenance or a silence keeps people from being told.
    package var isQuiet: Bool { WindowEffect.isQuiet(heldBack) }
}

extension AlertNote {
    fileprivate var isQuiet: Bool { WindowEffect.isQuiet(heldBack) }
}

extension WindowEffect {
    /// Whether the reason why nobody is told is a maintenance or a silence.
    fileprivate static func isQuiet(_ heldBack: String?) -> Bool {
        heldBack.map { $0.hasPrefix(reasonPrefix) || $0.hasPrefix(Silence.reasonPrefix) } ?? false
    }
}
