import AuspexRules
import AuspexRunbooks
import AuspexSignals

/// What the detectors and rules say of what a verification asks about.
struct Observations: ObservationSource {
    let detection: DetectionStage
    let alerts: any AlertStore
    let library: CurrentLibrary
    let parts: EngineParts
    let clock: any WallClock

    func observe(_ verification: Verification, since: Timestamp) async throws -> Observation {
        var observation = Observation()
        for (name, selector) in verification.readings {
            observation.readings[name] = detection.series(named: selector.metric, with: selector.labels)
                .compactMap { watched in
                    watched.latest.map { reading in
                        Observation.SeriesReading(
                            labels: watched.labels, reading: reading, hasEnded: watched.hasEnded)
                    }
                }
        }
        for selector in verification.clearAlerts {
            observation.alerts.append(try await reading(of: selector, since: since))
        }
        if let service = verification.calmService { observation.firings = try await firings(of: service, since: since) }
        return observation
    }

    /// The alerts of a service that have begun to fire since then, and up to when the service itself has been heard: that
    /// others send data says nothing of it. Nil where it is not known which alerts are its.
    private func firings(of service: String, since: Timestamp) async throws -> Observation.Firings? {
        guard let pipeline = parts.pipeline else { return nil }
        // An alert may have been pending for long before it fired.
        let fired = try await alerts.alerts(matching: AlertFilter(firedSince: since, limit: .max))
        let own = await pipeline.alerts(of: service, among: fired)
        return Observation.Firings(
            alerts: own.compactMap { alert in
                alert.firedAt.map { Observation.Firings.Firing(rule: alert.rule, at: $0) }
            }, evaluatedAt: await lastHeard(of: service, pipeline))
    }

    /// The time of the newest reading of the service's live series, or of its newest log record; nil when there is none.
    private func lastHeard(of service: String, _ pipeline: Pipeline) async -> Timestamp? {
        let graph = await pipeline.serviceGraph
        let name = graph.canonicalName(service)
        let read = detection.sightings(ofService: nil) { graph.serviceName(of: $0) == name }
            .filter(\.isLive).map(\.time).max()
        let logged = await pipeline.newestRecord { graph.serviceName(of: $0) == name }
        return [read, logged].compactMap(\.self).max()
    }

    /// How the alerts that a selector means stand. A rule that does not exist is not clear but unknown.
    private func reading(
        of selector: Verification.AlertSelector, since: Timestamp
    ) async throws -> Observation.AlertReading {
        guard let rule = library.value.rules[selector.rule] else {
            return Observation.AlertReading(state: .unknown, evaluatedAt: nil, reason: "there is no such rule")
        }
        let evidence = AlertEvidence(
            rule: rule, detection: detection, pipeline: parts.pipeline, alerts: alerts, now: clock.now(),
            since: since)
        return try await evidence.reading(of: selector.labels)
    }
}
