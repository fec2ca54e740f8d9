import AuspexSignals

/// Alerts that keep others quiet. An alert that is inhibited fires, and nobody is told and nothing is done about it until
/// that ends while it still fires.
extension RuleEngine {
    static func inhibitions(of ruleSet: RuleSet) -> [Int: InhibitionIndex] {
        var graph = ServiceGraph()
        graph.declare(ruleSet.services)
        var indices: [Int: InhibitionIndex] = [:]
        for (place, rule) in ruleSet.rules.enumerated() {
            if let inhibition = rule.inhibition {
                indices[place] = InhibitionIndex(inhibition.rule(about: rule.id), graph: graph)
            }
        }
        return indices
    }

    /// Takes in the alerts that fire, as after a restart.
    mutating func fillInhibitions() {
        guard !inhibitions.isEmpty else { return }
        for alert in activeAlerts where alert.state == .firing {
            for place in inhibitions.keys { inhibitions[place]?.update(alert) }
        }
        // The next tick finds out what has ended meanwhile.
        nextInhibition = newest
    }

    /// The events of a rule as other alerts let them happen, and what follows for alerts that these keep quiet, or no longer
    /// do. A request follows its alert.
    mutating func inhibited(_ events: [RuleEvent], at place: Int) -> [RuleEvent] {
        guard !inhibitions.isEmpty else { return events }
        var quiet: Set<String> = []
        var result: [RuleEvent] = []
        for event in events {
            switch event {
            case .alert(let alert) where alert.state != .pending:
                let time = alert.resolvedAt ?? alert.firedAt ?? alert.startedAt
                for index in inhibitions.keys { inhibitions[index]?.update(alert) }
                let told = hold(alert, at: place, time)
                if told.heldBack != alert.heldBack { quiet.insert(alert.id) }
                result.append(.alert(told))
                result += recheck(after: alert, at: time)
            case .request(let request) where quiet.contains(request.alertID):
                keep(request, at: place)
            case .alert, .request:
                result.append(event)
            }
        }
        return result
    }

    /// Lets time pass: inhibitions that have lasted for as long as they may end.
    mutating func passInhibitions(upTo moment: Timestamp) -> [RuleEvent] {
        guard let next = nextInhibition, next <= moment else { return [] }
        nextInhibition = nil
        return inhibitions.keys.sorted().flatMap { recheck($0, at: moment) }
    }

    // MARK: One alert

    /// The alert, kept quiet if another one does so.
    private mutating func hold(_ alert: Alert, at place: Int, _ time: Timestamp) -> Alert {
        guard alert.state == .firing, alert.heldBack == nil,
            let inhibition = inhibitions[place]?.inhibition(of: alert.id, now: time)
        else { return alert }
        noteEnd(of: inhibition)
        var alert = alert
        alert.heldBack = inhibition.text
        states[place].notes[alert.group, default: AlertNote()].heldBack = inhibition.text
        states[place].notes[alert.group]?.held = HeldAlert(alert: alert, request: nil)
        return alert
    }

    private mutating func keep(_ request: RunRequest, at place: Int) {
        for (group, note) in states[place].notes where note.held?.alert.id == request.alertID {
            states[place].notes[group]?.held?.request = request
        }
    }

    private mutating func noteEnd(of inhibition: Inhibition) {
        nextInhibition = min(nextInhibition ?? inhibition.until, inhibition.until)
    }

    // MARK: All alerts of a rule

    /// What follows for other alerts when one has begun or ended.
    private mutating func recheck(after alert: Alert, at time: Timestamp) -> [RuleEvent] {
        inhibitions.keys.sorted().flatMap { place -> [RuleEvent] in
            guard let index = inhibitions[place] else { return [] }
            let isSource = index.rule.labels?.isSource(alert) ?? false || index.rule.topology?.isSource(alert) ?? false
            return isSource ? recheck(place, at: time) : []
        }
    }

    /// Which of a rule's alerts are kept quiet at `time` that were not, and the other way round.
    private mutating func recheck(_ place: Int, at time: Timestamp) -> [RuleEvent] {
        guard let index = inhibitions[place] else { return [] }
        var inhibitions: [String: Inhibition] = [:]
        for inhibition in index.inhibitions(now: time) {
            inhibitions[inhibition.target] = inhibition
            noteEnd(of: inhibition)
        }
        var events: [RuleEvent] = []
        for alert in activeAlerts(at: place) where alert.state == .firing {
            let wasInhibited = alert.heldBack?.hasPrefix(Inhibition.prefix) ?? false
            let inhibition = inhibitions[alert.id]
            guard wasInhibited != (inhibition != nil), wasInhibited || alert.heldBack == nil else { continue }
            events += change(alert, to: inhibition, at: place, time)
        }
        return inWindows(events, at: place)
    }

    private mutating func change(
        _ alert: Alert, to inhibition: Inhibition?, at place: Int, _ time: Timestamp
    ) -> [RuleEvent] {
        var alert = alert
        alert.heldBack = inhibition?.text
        var request = states[place].notes[alert.group]?.held?.request
        // It is as fresh as the end of what kept it back.
        if let firedAt = request?.firedAt { request?.firedAt = max(time, firedAt) }
        states[place].notes[alert.group, default: AlertNote()].heldBack = alert.heldBack
        if inhibition == nil { states[place].notes[alert.group]?.held = nil }
        return inhibition == nil ? RuleEvaluation.events(alert, request) : [.alert(alert)]
    }
}

extension Inhibition {
    /// What ``text`` begins with.
    static let prefix = "inhibited by "
}
