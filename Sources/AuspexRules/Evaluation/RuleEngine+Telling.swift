import AuspexSignals

/// From what alerts do to what is told and asked for. An alert that begins to fire is told unless another one inhibits it, a
/// maintenance or a silence is on or the rule's throttle holds it back; each is asked again when that ends. That it fires is in the
/// store in any case.
extension RuleEngine {
    func request(_ request: RunRequest?, in effect: WindowEffect, at time: Timestamp) -> RunRequest? {
        guard var request else { return nil }
        request.mode = effect.mode(request.mode)
        // It is as fresh as the decision to let it go.
        request.firedAt = max(time, request.firedAt)
        return request
    }

    /// Notes that something of a rule will happen by itself.
    mutating func note(deadline: Timestamp, at place: Int) {
        let deadline = deadline + ruleSet.rules[place].allowLate
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    /// What follows from what alerts of a rule do; `history` are the beginnings of those that are over by now.
    mutating func tell(
        _ steps: [(Occasion.Step, Occasion)], at place: Int, now: Timestamp, history: Set<Timestamp> = []
    ) -> [RuleEvent] {
        var events: [RuleEvent] = []
        for (number, (step, occasion)) in steps.enumerated() {
            var alert = Alert(step, of: ruleSet.rules[place].summary, occasion)
            switch step {
            case .pending:
                events.append(.alert(alert))
            case .resolved(_, let time):
                alert.note(states[place].notes.removeValue(forKey: occasion.group))
                events.append(.alert(alert))
                events += recheckInhibitions(noteInhibitions(alert), at: time)
            case .firing(let time):
                let request = RuleEvaluation.weigh(
                    &alert, of: ruleSet.rules[place], occasion, firedAt: time, now: now,
                    in: contextToFire(alert, at: place, firedAt: time), &states[place].statistics)
                // What is over already, because time passed in a leap, is history: nobody can do anything about it.
                let isOver =
                    history.contains(occasion.startedAt)
                    || steps[(number + 1)...].contains {
                        $0.1.startedAt == occasion.startedAt && $0.0.state == .resolved
                    }
                states[place].notes[occasion.group] = AlertNote(risk: alert.risk)
                guard !isOver else {
                    events.append(.alert(alert))
                    continue
                }
                let concerned = noteInhibitions(alert)
                events += decide(HeldAlert(alert: alert, request: request), at: place, time)
                events += recheckInhibitions(concerned, at: time)
            }
        }
        return events
    }

    /// Tells an alert that fires, or notes what holds it back.
    mutating func decide(_ held: HeldAlert, at place: Int, _ time: Timestamp) -> [RuleEvent] {
        if let inhibition = inhibitions[place]?.inhibition(of: held.alert.id, now: time) {
            nextInhibition = min(nextInhibition ?? inhibition.until, inhibition.until)
            return hold(held, inhibition.text, at: place)
        }
        let labels = held.alert.matchedLabels
        let effect = ruleSet.windows.effect(at: time, labels: labels)
        noteWindow(after: time)
        if let reason = effect.reason ?? silenceReason(of: labels, at: time) {
            // A maintenance or a silence holds back notices, not what is done.
            let request = self.request(held.request, in: effect, at: time)
            return hold(HeldAlert(alert: held.alert, request: nil), reason, at: place)
                + (request.map { [.request($0)] } ?? [])
        }
        guard let throttle = ruleSet.rules[place].throttle,
            states[place].notes[held.alert.group]?.isReleased != true
        else { return announce(held, effect, at: place, time) }
        states[place].notes[held.alert.group]?.throttledAt = time
        let waits = ruleSet.rules[place].alertsWait
        let released = states[place].throttle(held, by: throttle, waits: waits, at: time)
        if let deadline = states[place].throttle?.nextDeadline { note(deadline: deadline, at: place) }
        let isReleased = released.contains { $0.held.alert.id == held.alert.id }
        return (isReleased ? [] : hold(held, RuleState.throttled, at: place))
            + released.flatMap { letGo($0, at: place) }
    }

    /// Tells an alert that the throttle lets go, unless something else holds it back by now.
    mutating func letGo(_ released: RuleState.Released, at place: Int) -> [RuleEvent] {
        let group = released.held.alert.group
        states[place].notes[group, default: AlertNote()].isReleased = true
        states[place].notes[group]?.standsFor = released.count > 1 ? released.count : nil
        return decide(released.held, at: place, released.at)
    }

    private mutating func announce(
        _ held: HeldAlert, _ effect: WindowEffect, at place: Int, _ time: Timestamp
    ) -> [RuleEvent] {
        var alert = held.alert
        states[place].notes[alert.group]?.heldBack = nil
        states[place].notes[alert.group]?.held = nil
        alert.note(states[place].notes[alert.group])
        return RuleEvaluation.events(alert, request(held.request, in: effect, at: time))
    }

    /// The alert with the reason why nobody is told. What it asks for waits.
    mutating func hold(_ held: HeldAlert, _ reason: String, at place: Int) -> [RuleEvent] {
        var alert = held.alert
        states[place].notes[alert.group, default: AlertNote()].heldBack = reason
        states[place].notes[alert.group]?.held = held
        alert.note(states[place].notes[alert.group])
        return [.alert(alert)]
    }

    /// What was held back of an alert that fires: all of it, or the alert alone if it was told before.
    func held(_ alert: Alert, at place: Int) -> HeldAlert {
        states[place].notes[alert.group]?.held ?? HeldAlert(alert: alert, request: nil)
    }
}
