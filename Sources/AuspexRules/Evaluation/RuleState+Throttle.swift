import AuspexSignals

extension RuleState {
    /// Hands an alert that begins to fire to the rule's throttle; what goes through, and the alert itself in any case: that
    /// it fires is true also while nobody is told.
    mutating func throttle(_ held: HeldAlert, by throttle: Throttle, at time: Timestamp) -> [RuleEvent] {
        var memory = self.throttle ?? ThrottleState(throttle)
        let alert = held.alert
        let event = ThrottleEvent(id: alert.id, key: throttle.key(of: alert.group), time: time, payload: held)
        let outcomes = memory.take(event)
        self.throttle = memory
        let goesThrough = outcomes.contains {
            if case .release(let one) = $0 { one.event.id == alert.id } else { false }
        }
        if !goesThrough {
            statistics.heldBack = 1 + (statistics.heldBack ?? 0)
            notes[alert.group] = AlertNote(risk: alert.risk, heldBack: Self.throttled, held: held)
        }
        var shown = alert
        shown.note(notes[alert.group])
        return (goesThrough ? [] : [.alert(shown)]) + released(outcomes)
    }

    /// Lets time pass for the throttle.
    mutating func passThrottle(upTo time: Timestamp) -> [RuleEvent] {
        guard var memory = throttle, let deadline = memory.nextDeadline, deadline <= time else { return [] }
        let outcomes = memory.advance(to: time)
        throttle = memory
        return released(outcomes)
    }

    /// Takes another throttle, or none, instead of the one there was. What that had gathered goes out: nothing is lost.
    mutating func replaceThrottle(by throttle: Throttle?, at time: Timestamp) -> [RuleEvent] {
        guard var memory = self.throttle else { return [] }
        let outcomes = memory.replace(with: throttle ?? Self.shortest, at: time)
        self.throttle = throttle == nil ? nil : memory
        return released(outcomes)
    }

    /// Stands for no throttle while one is taken away.
    private static let shortest = Throttle(.onceWithin(Throttle.windows.lowerBound))

    static let throttled = "throttled"

    /// What goes through. Where the alert that should is over by now, another one of its key that was held back and still
    /// fires is told in its place; what is over asks for nothing any more.
    private mutating func released(_ outcomes: [ThrottleState<HeldAlert>.Outcome]) -> [RuleEvent] {
        outcomes.flatMap { outcome -> [RuleEvent] in
            guard case .release(let release) = outcome,
                let held = firing(release.event.payload, orAnotherOf: release.event.key)
            else { return [] }
            var alert = held.alert
            var note = notes[alert.group] ?? AlertNote()
            note.heldBack = nil
            note.held = nil
            note.standsFor = release.count > 1 ? release.count : nil
            notes[alert.group] = note
            alert.note(note)
            var request = held.request
            // It is as fresh as the decision to let it go.
            if let firedAt = request?.firedAt { request?.firedAt = max(release.at, firedAt) }
            return RuleEvaluation.events(alert, request)
        }
    }

    private func firing(_ held: HeldAlert, orAnotherOf key: Labels) -> HeldAlert? {
        if isFiring(held.alert) { return held }
        guard let throttle = throttle?.throttle else { return nil }
        return notes.values.compactMap(\.held)
            .filter { throttle.key(of: $0.alert.group) == key && isFiring($0.alert) }
            .min { ($0.alert.startedAt, $0.alert.id) < ($1.alert.startedAt, $1.alert.id) }
    }

    /// Whether an alert that was about to fire has not ended since.
    private func isFiring(_ alert: Alert) -> Bool {
        groups[alert.group].map { $0.startedAt == alert.startedAt } ?? false
            || correlations[alert.group].map { $0.step != nil && $0.occasion.startedAt == alert.startedAt } ?? false
    }
}
