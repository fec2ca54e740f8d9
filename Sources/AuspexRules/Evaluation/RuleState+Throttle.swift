import AuspexSignals

extension RuleState {
    static let throttled = "throttled"

    /// An alert that a throttle lets go, with when it does.
    struct Released {
        var held: HeldAlert
        var at: Timestamp
        /// How many it stands for, itself included.
        var count: Int
    }

    /// Hands an alert that would be told to the rule's throttle; what that lets go.
    mutating func throttle(_ held: HeldAlert, by throttle: Throttle, at time: Timestamp) -> [Released] {
        var memory = self.throttle ?? ThrottleState(throttle)
        // So that what it remembers is changed in place.
        self.throttle = nil
        let alert = held.alert
        let event = ThrottleEvent(id: alert.id, key: throttle.key(of: alert.group), time: time, payload: held)
        let outcomes = memory.take(event)
        self.throttle = memory
        let goesThrough = outcomes.contains {
            if case .release(let one) = $0 { one.event.id == alert.id } else { false }
        }
        if !goesThrough { statistics.heldBack = 1 + (statistics.heldBack ?? 0) }
        return released(outcomes, keyedBy: throttle)
    }

    /// Lets time pass for the throttle.
    mutating func passThrottle(upTo time: Timestamp) -> [Released] {
        guard let deadline = throttle?.nextDeadline, deadline <= time, var memory = throttle else { return [] }
        throttle = nil
        let outcomes = memory.advance(to: time)
        throttle = memory
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

    /// What goes through. Where the alert that should is over by now, another one of its key that was held back and still
    /// fires is told in its place; what is over asks for nothing any more.
    private func released(_ outcomes: [ThrottleState<HeldAlert>.Outcome], keyedBy throttle: Throttle) -> [Released] {
        outcomes.compactMap { outcome in
            guard case .release(let release) = outcome,
                let held = firing(release.event.payload, orAnotherOf: release.event.key, throttle)
            else { return nil }
            return Released(held: held, at: release.at, count: release.count)
        }
    }

    private func firing(_ held: HeldAlert, orAnotherOf key: Labels, _ throttle: Throttle) -> HeldAlert? {
        if isFiring(held.alert) { return held }
        return notes.values.filter { $0.heldBack == Self.throttled }.compactMap(\.held)
            .filter { throttle.key(of: $0.alert.group) == key && isFiring($0.alert) }
            .min { ($0.alert.startedAt, $0.alert.id) < ($1.alert.startedAt, $1.alert.id) }
    }

    /// Whether an alert has not ended since.
    func isFiring(_ alert: Alert) -> Bool {
        groups[alert.group].map { $0.startedAt == alert.startedAt } ?? false
            || correlations[alert.group].map { $0.step != nil && $0.occasion.startedAt == alert.startedAt } ?? false
    }
}
