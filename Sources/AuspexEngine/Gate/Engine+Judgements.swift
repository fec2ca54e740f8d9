package import AuspexChanges
import AuspexSignals

extension Engine {
    /// What became of a service after a change; nil when it was not watched, or is forgotten.
    package func judgement(ofChange id: String) async -> ChangeJudgement? { await pipeline.judgement(ofChange: id) }

    /// The judgement of the newest change with the version of a question, which may be known by its commit; of any
    /// version where the question has neither.
    private func judgement(of query: GateQuery) async -> ChangeJudgement? {
        let names = [query.version, query.sha].filter { !$0.isEmpty }
        for name in names.isEmpty ? [""] : names {
            let found = await pipeline.judgement(
                ofService: query.service, environment: query.environment, version: name)
            if let found { return found }
        }
        return nil
    }

    /// What a change has done, as far as that is known.
    ///
    /// - Parameter id: The verdict's id; nil for a new one.
    func verdictAfter(_ query: GateQuery, id: String?) async -> Verdict {
        let judgement =
            if let change = query.change, !change.isEmpty {
                await pipeline.judgement(ofChange: change)
            } else {
                await judgement(of: query)
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
