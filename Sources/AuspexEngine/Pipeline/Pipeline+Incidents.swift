import AuspexRules
package import AuspexSignals

/// From alerts to incidents, and what people and other systems say of them.
extension Pipeline {
    /// How often the labels of all series are looked at for services.
    private static let servicesEvery = TimeSpan.minutes(1)

    /// Hands on what the rules decide: alerts at once, what they ask for when the incidents are settled.
    func take(_ events: [RuleEvent]) async throws {
        var alerts: [RuleEvent] = []
        for event in events {
            switch event {
            case .request(let request): requests.append(request)
            case .alert(let alert):
                alerts.append(event)
                openAlerts.take(alert)
                incidents.take(alert)
            }
        }
        if !alerts.isEmpty { try await sink.take(alerts) }
    }

    /// Lets incidents follow from what has happened, and hands on what rules have asked for: in a storm of alerts nothing
    /// starts by itself.
    ///
    /// - Returns: whether anything has changed.
    @discardableResult
    func settle(now: Timestamp) async throws -> Bool {
        if incidents.followGraph() { rules.use(incidents.graph) }
        guard let running = clock.horizon(wall: now, lateness: .zero) ?? (incidents.isWaiting ? now : nil) else {
            return false
        }
        // An event that comes after a pause may set the clock back; what was said of incidents stays said.
        let moment = max(running, incidents.tracker.moment ?? running)
        let updates = incidents.settle(now: moment)
        if !updates.isEmpty {
            try await sink.take(updates)
            let facts = updates.map { $0.fact(at: moment) }
            try await take(facts.flatMap { rules.handle($0, now: now) })
        }
        let isStorm = incidents.hadStorm
        metrics.set(.storm, to: incidents.tracker.isStorm ? 1 : 0)
        metrics.set(.openIncidents, to: Double(incidents.tracker.openCount))
        let asked = requests
        requests = []
        if !asked.isEmpty {
            try await sink.take(asked.map { .request(isStorm ? $0.withoutStartingByItself : $0) })
        }
        return !updates.isEmpty || !asked.isEmpty
    }

    /// A silence that can't be made any more, or was made before a restart already, changes nothing.
    func take(_ change: SilenceChange, now: Timestamp) {
        _ = try? rules.apply(change, now: moment(now: now))
    }

    /// Learns of services from the labels of all series that are alive, now and then.
    func learnServices(now: Timestamp) {
        if let servicesAskedAt, now >= servicesAskedAt, now - servicesAskedAt < Self.servicesEvery { return }
        servicesAskedAt = now
        for series in detection.series(where: { _ in true }) where !series.hasEnded {
            if let time = series.latest?.time { incidents.learn(series.labels, at: time) }
        }
    }

    /// Gives alerts of other systems the time to be heard of again: while the engine stood still their senders had nobody to
    /// send them to.
    func resumeOutside() {
        guard let resumesAt else { return }
        outside.resume(at: resumesAt)
        isOutsideChanged = true
        self.resumesAt = nil
    }

    /// Tells the rules that incidents are none any more.
    package func forgetIncidents(_ ids: [String], now: Timestamp) async throws {
        let moment = moment(now: now)
        try await take(ids.flatMap { rules.handle(.incident(IncidentFact(absorbed: $0, at: moment)), now: now) })
    }
}

extension IncidentUpdate {
    /// What rules can know of it.
    fileprivate func fact(at time: Timestamp) -> Fact {
        switch self {
        case .changed(let incident): .incident(IncidentFact(incident, at: time))
        case .absorbed(let id, _): .incident(IncidentFact(absorbed: id, at: time))
        }
    }
}
