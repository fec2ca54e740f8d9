package import AuspexChanges
import AuspexSignals

extension Engine {
    /// What became of a service after a change; nil when it was not watched, or is forgotten.
    package func judgement(ofChange id: String) async -> ChangeJudgement? { await pipeline.judgement(ofChange: id) }

    /// What a change has done, as far as that is known.
    ///
    /// - Parameter id: The verdict's id; nil for a new one.
    func verdictAfter(_ query: GateQuery, id: String?) async -> Verdict {
        let judgement =
            if let change = query.change, !change.isEmpty {
                await pipeline.judgement(ofChange: change)
            } else {
                await pipeline.judgement(
                    ofService: query.service, environment: query.environment, version: query.version)
            }
        func named(_ given: String, _ known: String?) -> String { given.isEmpty ? known ?? "" : given }
        let request = Gate.Request(
            id: id ?? ids.next(), service: named(query.service, judgement?.service),
            environment: named(query.environment, judgement?.environment), sha: query.sha,
            version: named(query.version, judgement?.version), phase: .after)
        let facts = GateFacts(health: await health(of: request.service), judgement: judgement)
        let policy = configuration.gate.policy(service: request.service, environment: request.environment)
        return Gate.decide(request, facts, policy: policy, now: clock.now())
    }
}
