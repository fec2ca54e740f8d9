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
            _ = noteInhibitions(alert)
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

    /// Takes in that an alert has begun or ended; the alerts of each rule for which that may change what keeps them quiet.
    mutating func noteInhibitions(_ alert: Alert) -> [(place: Int, alerts: [Alert])] {
        inhibitions.keys.sorted().compactMap { place in
            let concerned = inhibitions[place]?.update(alert) ?? []
            return concerned.isEmpty ? nil : (place, concerned)
        }
    }

    /// What follows for alerts when what may keep them quiet has changed.
    mutating func recheckInhibitions(_ concerned: [(place: Int, alerts: [Alert])], at time: Timestamp) -> [RuleEvent] {
        var events: [RuleEvent] = []
        for (place, alerts) in concerned {
            for known in alerts {
                guard let alert = activeAlert(at: place, of: known.group), alert.id == known.id else { continue }
                events += recheck(alert, at: place, inhibitions[place]?.inhibition(of: alert.id, now: time), time)
            }
        }
        return events
    }

    /// Which of a rule's alerts are kept quiet at `time` that were not, and the other way round.
    private mutating func recheck(_ place: Int, at time: Timestamp) -> [RuleEvent] {
        let inhibitions = inhibitions[place]?.inhibitions(now: time) ?? []
        let isAny = !inhibitions.isEmpty || states[place].notes.values.contains(where: \.isInhibited)
        guard isAny else { return [] }
        let found = Dictionary(inhibitions.map { ($0.target, $0) }) { first, _ in first }
        var events: [RuleEvent] = []
        for alert in activeAlerts(at: place) where alert.state == .firing {
            events += recheck(alert, at: place, found[alert.id], time)
        }
        return events
    }

    /// Keeps an alert that fires quiet, or tells it, if that is not how it stands.
    private mutating func recheck(
        _ alert: Alert, at place: Int, _ inhibition: Inhibition?, _ time: Timestamp
    ) -> [RuleEvent] {
        let wasInhibited = states[place].notes[alert.group]?.isInhibited ?? false
        guard let inhibition else { return wasInhibited ? decide(held(alert, at: place), at: place, time) : [] }
        nextInhibition = min(nextInhibition ?? inhibition.until, inhibition.until)
        return wasInhibited ? [] : hold(held(alert, at: place), inhibition.text, at: place)
    }
}

extension AlertNote {
    fileprivate var isInhibited: Bool { heldBack?.hasPrefix(Inhibition.prefix) ?? false }
}

extension Inhibition {
    /// What ``text`` begins with.
    static let prefix = "inhibited by "
}
