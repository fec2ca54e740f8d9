import AuspexSignals

extension Rule {
    /// Whether alerts wait for those that fired earlier and are known later. With a `for` they fire at their own moments,
    /// and are known with the next fact of their group or when time passes, in whatever order: so the throttle decides when
    /// time has passed, and in order. Without one they fire with their facts.
    var alertsWait: Bool {
        conditions.contains { $0.hold > .zero } || correlation?.absence?.wait != nil
    }
}

extension RuleState {
    static let throttled = "throttled"

    /// An alert that a throttle lets go, with when it does.
    struct Released {
        var held: HeldAlert
        var at: Timestamp
        /// How many it stands for, itself included.
        var count: Int
    }

    /// Hands an alert that would be told to the rule's throttle; what that lets go, which is nothing yet if it `waits`.
    mutating func throttle(_ held: HeldAlert, by throttle: Throttle, waits: Bool, at time: Timestamp) -> [Released] {
        var memory = self.throttle ?? ThrottleState(throttle)
        // So that what it remembers is changed in place.
        self.throttle = nil
        let alert = held.alert
        let event = ThrottleEvent(id: alert.id, key: throttle.key(of: alert.group), time: time, payload: held)
        let outcomes = memory.take(event, waits: waits)
        self.throttle = memory
        let goesThrough = outcomes.contains {
            if case .release(let one) = $0 { one.event.id == alert.id } else { false }
        }
        if !waits, !goesThrough { statistics.heldBack = 1 + (statistics.heldBack ?? 0) }
        return released(outcomes, keyedBy: throttle)
    }

    /// Lets time pass for the throttle.
    mutating func passThrottle(upTo time: Timestamp) -> [Released] {
        guard let deadline = throttle?.nextDeadline, deadline <= time, var memory = throttle else { return [] }
        throttle = nil
        let heldBack = memory.statistics.heldBack
        // What is over by now is history, and does not use the throttle up.
        let outcomes = memory.advance(to: time) { isFiring($0.alert) }
        throttle = memory
        statistics.heldBack = memory.statistics.heldBack - heldBack + (statistics.heldBack ?? 0)
        return released(outcomes, keyedBy: memory.throttle)
    }

    /// Takes another throttle, or none, instead of the one there was. What that had gathered goes out: nothing is lost.
    mutating func replaceThrottle(by throttle: Throttle?, at time: Timestamp) -> [Released] {
        guard var memory = self.throttle else { return [] }
        let old = memory.throttle
        let outcomes = memory.replace(with: throttle ?? Self.shortest, at: time)
        self.throttle = throttle == nil ? nil : memory
        return released(outcomes, keyedBy: old)
    }

    /// Stands for no throttle while one is taken away.
    private static let shortest = Throttle(.onceWithin(Throttle.windows.lowerBound))

    /// What goes through. Where the alert that should is over by now, another one for which it stands and that still fires
    /// is told in its place; what is over asks for nothing any more.
    private func released(_ outcomes: [ThrottleState<HeldAlert>.Outcome], keyedBy throttle: Throttle) -> [Released] {
        outcomes.compactMap { outcome in
            guard case .release(let release) = outcome,
                let held = firing(release, keyedBy: throttle)
            else { return nil }
            return Released(held: held, at: release.at, count: release.count)
        }
    }

    private func firing(
        _ release: ThrottleState<HeldAlert>.Outcome.Release, keyedBy throttle: Throttle
    ) -> HeldAlert? {
        let held = release.event.payload
        if isFiring(held.alert) { return held }
        let others = notes.values.filter { note in
            note.heldBack == Self.throttled && note.throttledAt.map(release.span.contains) ?? true
        }
        return others.compactMap(\.held)
            .filter { throttle.key(of: $0.alert.group) == release.event.key && isFiring($0.alert) }
            .min { ($0.alert.startedAt, $0.alert.id) < ($1.alert.startedAt, $1.alert.id) }
    }

    /// Whether an alert has not ended since.
    func isFiring(_ alert: Alert) -> Bool {
        groups[alert.group].map { $0.startedAt == alert.startedAt } ?? false
            || correlations[alert.group].map { $0.step != nil && $0.occasion.startedAt == alert.startedAt } ?? false
    }
}
