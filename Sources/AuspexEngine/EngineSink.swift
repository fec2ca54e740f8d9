import AuspexRules

/// Keeps what the rules decide: alerts and incidents in the store, requests for runbooks at the desk.
struct EngineSink: RuleEventSink {
    let alerts: any AlertStore
    let incidents: any IncidentStore
    let desk: RunDesk
    let metrics: EngineMetrics

    func take(_ events: [RuleEvent]) async throws {
        guard !events.isEmpty else { return }
        // Of several states of one alert only the last is kept.
        var latest: [String: Alert] = [:]
        var requests: [RunRequest] = []
        for event in events {
            switch event {
            case .alert(let alert): latest[alert.id] = alert
            case .request(let request): requests.append(request)
            }
        }
        try await alerts.upsert(Array(latest.values))
        metrics.add(latest.count, to: .alerts)
        for request in requests { try await desk.take(request) }
    }

    func take(_ updates: [IncidentUpdate]) async throws {
        try await incidents.apply(updates)
        metrics.add(updates.count, to: .incidents)
        for case .changed(let incident) in updates where incident.isStorm && incident.state == .open {
            await desk.tellOfStorm(incident)
        }
    }
}
