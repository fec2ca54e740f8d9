import AuspexChanges
import AuspexRules
import AuspexSignals
import Synchronization

/// What the gate is told. Nothing here looks through all series, alerts or changes: each question costs what concerns its
/// service.
extension Engine {
    /// The facts of a question that was asked at `now`.
    func facts(
        for query: GateQuery, _ assessment: RiskAssessment?, id: String, at now: Timestamp
    ) async throws -> GateFacts {
        let content = query.content ?? assessment?.content
        let version = query.version.isEmpty ? query.sha : query.version
        let past = ledger.withLock { ledger in
            (
                last: ledger.lastDeploy(
                    of: query.service, to: query.environment, at: now, besides: [query.version, query.sha]),
                service: ledger.rate(ofService: query.service), author: ledger.rate(ofAuthor: query.author)
            )
        }
        let change = Change(
            id: id, service: query.service, environment: query.environment, version: version,
            previousVersion: past.last?.version ?? "", author: query.author, startedAt: now, source: "gate",
            committedAt: content?.oldestAt ?? query.committedAt, commits: query.commits ?? content?.commits)
        let surroundings = await pipeline.surroundings(of: change)
        let health = ServiceHealth(
            series: pipeline.detection.series(ofServices: surroundings.names, in: query.environment),
            alerts: surroundings.alerts)
        var context = ChangeContext(surroundings, at: now)
        context.content = content
        context.commits = change.commits
        context.commitAge = (query.committedAt ?? content?.committedAt).map { max(.zero, now - $0) }
        context.sampleAge = health?.lastSampleAt.map { max(.zero, now - $0) }
        context.sinceLastDeploy = (past.last?.lastMoment).map { now - $0 }
        context.service = past.service
        context.author = past.author
        context.anomalies = health.map {
            ChangeContext.Anomalies(anomalous: $0.anomalies.count, ready: $0.readySeries)
        }
        context.dependencyAnomalies = dependencyAnomalies(surroundings.dependencies, in: query.environment)
        return GateFacts(risk: assessment, health: health, points: surroundings.points, context: context)
    }

    /// How a service does at the moment in an environment; nil when nothing is known of it there.
    func health(of service: String, in environment: String) async -> ServiceHealth? {
        let (names, alerts) = await pipeline.openAlerts(ofService: service, in: environment)
        return ServiceHealth(series: pipeline.detection.series(ofServices: names, in: environment), alerts: alerts)
    }

    /// How strange the series of these services are; nil for none.
    private func dependencyAnomalies(
        _ services: [String], in environment: String
    ) -> ChangeContext.Anomalies? {
        guard !services.isEmpty else { return nil }
        let level = pipeline.detection.levels(ofServices: services, in: environment)
        return ChangeContext.Anomalies(anomalous: level.anomalous, ready: level.ready)
    }
}

extension ChangeContext {
    fileprivate init(_ surroundings: GateSurroundings, at now: Timestamp) {
        self.init()
        askedAt = now
        incidents = surroundings.incidents
        freezes = surroundings.freezes
        dependents = surroundings.dependents
    }
}
