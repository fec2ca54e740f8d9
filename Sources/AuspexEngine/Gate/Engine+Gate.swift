package import AuspexChanges
import AuspexSignals
import AuspexStore

/// The gate in the running engine.
extension Engine {
    /// Decides whether a change may go on, and keeps the verdict.
    ///
    /// - Parameters:
    ///   - id: The verdict's id; nil for a new one.
    ///   - manner: How the verdict is to be taken.
    /// - Throws: ``OverrideError`` when the manner is not allowed.
    package func decide(
        _ query: GateQuery, id: String? = nil, as manner: GateManner = GateManner()
    ) async throws -> Verdict {
        if query.phase == .after { return try await keep(await verdictAfter(query, id: id), as: manner) }
        let now = clock.now()
        let request = Gate.Request(
            id: id ?? ids.next(), service: query.service, environment: query.environment, sha: query.sha,
            version: query.version)
        let policy = configuration.gate.policy(service: query.service, environment: query.environment)
        let verdict = Gate.decide(
            request, try await facts(for: query, id: request.id, at: now), policy: policy, now: now)
        if let measures = query.measures {
            try await outcomes.book.record(
                service: query.service, environment: query.environment, sha: query.sha, version: query.version,
                measures: measures, time: now)
        }
        return try await keep(verdict, as: manner)
    }

    /// The risk of the change: by the service's model where there is one, else as the caller has assessed it.
    func assessment(of query: GateQuery) async throws -> RiskAssessment? {
        guard (query.repository == nil) == (query.range == nil) else { throw EngineError.incompleteRange }
        let scorer = await outcomes.book.scorer(for: query.service)
        let commits = query.commits ?? query.content?.commits ?? 1
        if let measures = query.measures, scorer.hasModel { return scorer.assess(measures: measures, commits: commits) }
        if let assessment = query.assessment { return assessment }
        if let name = query.repository, let range = query.range {
            return scorer.assess(try await report(of: range, inRepository: name))
        }
        return query.measures.map { scorer.assess(measures: $0, commits: commits) }
    }

    private func report(of range: String, inRepository name: String) async throws -> FeatureReport {
        let repositories = configuration.gate.repositories
        guard let path = repositories[name] else {
            throw EngineError.unknownRepository(name, known: repositories.keys.sorted())
        }
        let cache = HistoryCache.directory(configuration.dataDirectory + "/history")
        return try await GitRepository(directory: path).features(of: try GitRange(parsing: range), cache: cache)
    }
}

extension ChangeLedger {
    /// A ledger of what a store holds.
    init(reading store: some ChangeStore) async throws {
        self.init()
        for change in try await store.changes(ChangeFilter(limit: Self.most)).reversed() { take(change) }
    }
}
