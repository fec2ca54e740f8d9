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
        let measurement = try await measure(query, at: now)
        let verdict = Gate.decide(
            request, try await facts(for: query, measurement.assessment, id: request.id, at: now), policy: policy,
            now: now)
        if let measures = measurement.measures, let background = measurement.news {
            try await outcomes.book.record(
                MeasuredChange(
                    service: query.service, environment: query.environment, sha: query.sha, version: query.version,
                    measures: measures, time: now, background: background))
        }
        return try await keep(verdict, as: manner)
    }
}

extension ChangeLedger {
    /// A ledger of what a store holds.
    init(reading store: some ChangeStore) async throws {
        self.init()
        for change in try await store.changes(ChangeFilter(limit: Self.most)).reversed() { take(change) }
    }
}
