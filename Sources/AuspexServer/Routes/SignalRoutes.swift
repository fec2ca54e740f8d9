import AuspexDetection
import AuspexEngine
import AuspexRules
import AuspexSignals
import Hummingbird

/// Series, anomalies, alerts, rules and detectors, for reading.
struct SignalRoutes: Sendable {
    let engine: Engine

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/series", use: series)
        router.get("/api/v1/anomalies", use: anomalies)
        router.get("/api/v1/groups", use: groups)
        router.get("/api/v1/alerts", use: alerts)
        router.get("/api/v1/alerts/{id}", use: alert)
        router.get("/api/v1/rules", use: rules)
        router.get("/api/v1/detectors") { _, _ in try Response.json(engine.detectors.descriptors) }
    }

    /// A reading, with what is said of it only when it is ready.
    private struct Opinion: Encodable {
        var time: Timestamp?
        /// Missing when the newest value was missing.
        var value: Double?
        var expectation: Expectation?
        var rawScore: Double?
        var pValue: Double?
        var anomalyScore: Double?
        /// What made it anomalous.
        var reason: String?
        /// `ready`, `missing` or `warming up, n of m`.
        var readiness: String

        init(_ reading: Reading?) {
            readiness = "missing"
            guard let reading else { return }
            time = reading.time
            value = reading.value.isFinite ? reading.value : nil
            expectation = reading.expectation
            switch reading.readiness {
            case .warmingUp(let seen, let needed): readiness = "warming up, \(seen) of \(needed)"
            case .missing: break
            case .ready:
                readiness = "ready"
                rawScore = reading.rawScore
                pValue = reading.pValue
                anomalyScore = reading.anomalyScore
                reason = reading.reason
            }
        }
    }

    /// A series with the newest of what is said of it.
    private struct Series: Encodable {
        var labels: Labels
        var samples: Int
        var ended: Bool
        var opinion: Opinion
        /// The window of a change in which the reading was made; missing when none was open.
        var deployWindow: DeployWindow?

        init(_ watched: WatchedSeries) {
            labels = watched.labels
            samples = watched.samples
            ended = watched.hasEnded
            deployWindow = watched.deployWindow
            opinion = Opinion(watched.latest)
        }

        private enum CodingKeys: String, CodingKey {
            case labels, samples, ended, deployWindow
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(labels, forKey: .labels)
            try container.encode(samples, forKey: .samples)
            try container.encode(ended, forKey: .ended)
            try container.encodeIfPresent(deployWindow, forKey: .deployWindow)
            try opinion.encode(to: encoder)
        }
    }

    /// A group of series with the newest of what is said of it, and every series' part in that.
    private struct Group: Encodable {
        private struct Share: Encodable {
            var series: String
            var share: Double
        }

        private var labels: Labels
        private var size: Int
        private var opinion: Opinion
        private var contributions: [Share]

        init(_ status: GroupStatus) {
            labels = status.labels
            size = status.size
            opinion = Opinion(status.latest)
            contributions = status.shares.map { Share(series: $0.member, share: $0.share) }
        }

        private enum CodingKeys: String, CodingKey {
            case labels, size, contributions
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(labels, forKey: .labels)
            try container.encode(size, forKey: .size)
            try container.encode(contributions, forKey: .contributions)
            try opinion.encode(to: encoder)
        }
    }

    /// A rule with what it has been through.
    private struct RuleState: Encodable {
        var id: String
        var title: String
        var severity: Severity
        var statistics: RuleStatistics
    }

    @Sendable private func series(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let found = engine.series(named: request.text("name"), with: labels(of: request))
        return try .json(found.prefix(try request.limit(default: 1_000)).map(Series.init))
    }

    @Sendable private func anomalies(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let found = engine.series(named: request.text("name"), with: labels(of: request))
            .filter { $0.latest?.isAnomalous ?? false }
            .sorted { ($0.latest?.anomalyScore ?? 0) > ($1.latest?.anomalyScore ?? 0) }
        return try .json(found.prefix(try request.limit(default: 100)).map(Series.init))
    }

    @Sendable private func groups(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let found = engine.groups(with: labels(of: request))
        return try .json(found.prefix(try request.limit(default: 100)).map(Group.init))
    }

    /// `label.NAME=VALUE` parameters.
    private func labels(of request: Request) -> [String: String] {
        let prefix = "label."
        return request.uri.queryParameters.reduce(into: [:]) { labels, parameter in
            guard parameter.key.hasPrefix(prefix) else { return }
            labels[String(parameter.key.dropFirst(prefix.count))] = String(parameter.value)
        }
    }

    @Sendable private func alerts(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let matchers = try request.text("matchers").map { text in
            do throws(MatcherError) {
                return try LabelMatchers(parsing: text)
            } catch {
                throw Problem(.badRequest, "Invalid parameter", "matchers: \(error.description)")
            }
        }
        let filter = AlertFilter(
            states: try request.choices("state", of: Alert.State.self), rule: request.text("rule"),
            onlyFired: request.text("fired") == "true",
            severity: try request.choice("severity", of: Severity.self), matchers: matchers,
            startedSince: try request.moment("since"), startedUntil: try request.moment("until"),
            limit: try request.limit(default: 1_000))
        return try .json(try await engine.alerts(matching: filter))
    }

    @Sendable private func alert(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let alert = try await engine.alerts(matching: AlertFilter(ids: [id], limit: 1)).first else {
            throw Problem(.notFound, "Not found", "there is no alert '\(id)'")
        }
        return try .json(alert)
    }

    @Sendable private func rules(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try .json(
            await engine.rules().map { rule, statistics in
                RuleState(id: rule.id, title: rule.title, severity: rule.severity, statistics: statistics)
            })
    }
}
