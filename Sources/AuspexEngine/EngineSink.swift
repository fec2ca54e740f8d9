import AuspexRules

/// Keeps what the rules decide: alerts and incidents in the store, requests for runbooks at the desk.
struct EngineSink: RuleEventSink {
    let alerts: any AlertStore
    let incidents: any IncidentStore
    let desk: RunDesk
    let metrics: EngineMetrics
    let patience: DiskPatience

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
        let changed = Array(latest.values)
        try await patience.persist { try await alerts.upsert(changed) }
        metrics.add(latest.count, to: .alerts)
        for request in requests { try await patience.persist { try await desk.take(request) } }
    }

    func take(_ updates: [IncidentUpdate]) async throws {
        try await patience.persist { try await incidents.apply(updates) }
        metrics.add(updates.count, to: .incidents)
        for case .changed(let incident) in updates where incident.isStorm && incident.state == .open {
            await desk.tellOfStorm(incident)
        }
    }
}
