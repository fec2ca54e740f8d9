import AuspexSignals

/// Alerts that keep others quiet. An alert that is inhibited fires, and nobody is told and nothing is done about it until
/// that ends while it still fires.
extension RuleEngine {
    static func inhibitions(of ruleSet: RuleSet, _ services: ServiceReachMemo) -> [Int: InhibitionIndex] {
        var indices: [Int: InhibitionIndex] = [:]
        for (place, rule) in ruleSet.rules.enumerated() {
            if let inhibition = rule.inhibition {
                indices[place] = InhibitionIndex(
                    inhibition.rule(about: rule.id, ruleSet.windows, services), graph: services.graph)
            }
        }
        return indices
    }

    /// Takes in the alerts that fire, as after a restart.
    mutating func fillInhibitions() {
        for alert in inhibitions.isEmpty ? [] : activeAlerts where alert.state == .firing {
            noteInhibitions(alert)
        }
        // The next tick finds out what has ended meanwhile, and what no rule inhibits any more.
        let isAny = states.contains { $0.notes.values.contains(where: \.isInhibited) }
        if isAny || !inhibitions.isEmpty { nextInhibition = Timestamp(milliseconds: .min) }
    }

    /// Lets time pass: inhibitions that have lasted for as long as they may end.
    mutating func passInhibitions(upTo moment: Timestamp) -> [RuleEvent] {
        guard let next = nextInhibition, next <= moment else { return [] }
        nextInhibition = nil
        return states.indices.flatMap { place -> [RuleEvent] in
            let isAny = inhibitions[place] != nil || states[place].notes.values.contains(where: \.isInhibited)
            return isAny ? recheck(place, at: moment) : []
        }
    }

    /// Takes in that an alert has begun or ended.
    mutating func noteInhibitions(_ alert: Alert) {
        for place in inhibitions.keys.sorted() { inhibitions[place]?.update(alert) }
    }

    /// What follows for other alerts when one that was noted has begun or ended.
    mutating func recheckInhibitions(after alert: Alert, at time: Timestamp) -> [RuleEvent] {
        var events: [RuleEvent] = []
        for place in inhibitions.keys.sorted() {
            guard let rule = inhibitions[place]?.rule else { continue }
            let isSource = rule.labels?.isSource(alert) ?? false || rule.topology?.isSource(alert) ?? false
            if isSource { events += recheck(place, at: time) }
        }
        return events
    }

    /// Which of a rule's alerts are kept quiet at `time` that were not, and the other way round.
    private mutating func recheck(_ place: Int, at time: Timestamp) -> [RuleEvent] {
        var found: [String: Inhibition] = [:]
        for inhibition in inhibitions[place]?.inhibitions(now: time) ?? [] {
            found[inhibition.target] = inhibition
            nextInhibition = min(nextInhibition ?? inhibition.until, inhibition.until)
        }
        guard !found.isEmpty || states[place].notes.values.contains(where: \.isInhibited) else { return [] }
        var events: [RuleEvent] = []
        for alert in activeAlerts(at: place) where alert.state == .firing {
            let wasInhibited = states[place].notes[alert.group]?.isInhibited ?? false
            if let inhibition = found[alert.id] {
                if !wasInhibited { events += hold(held(alert, at: place), inhibition.text, at: place) }
            } else if wasInhibited {
                events += decide(held(alert, at: place), at: place, time)
            }
        }
        return events
    }
}

extension AlertNote {
    fileprivate var isInhibited: Bool { heldBack?.hasPrefix(Inhibition.prefix) ?? false }
}

extension Inhibition {
    /// What ``text`` begins with.
    static let prefix = "inhibited by "
}
