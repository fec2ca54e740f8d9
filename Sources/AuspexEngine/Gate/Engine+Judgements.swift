package import AuspexChanges
import AuspexSignals
import AuspexStore

extension Engine {
    /// How long a question waits for what was reported before it to be worked in.
    private static let longestCatchUp = Duration.seconds(2)
    /// Among how many of the newest changes of a service a version is looked for.
    private static let versionsAmong = 200

    /// The change that a question is about, or why there is none.
    private enum Subject {
        case change(Change)
        case missing(String)
    }

    /// What became of a service after a change; nil when it was not watched, or is forgotten.
    package func judgement(ofChange id: String) async -> ChangeJudgement? { await pipeline.judgement(ofChange: id) }

    /// What a change has done, as far as that is known. It goes by what was reported until now: while that is not worked
    /// in, nothing is final.
    ///
    /// - Parameter id: The verdict's id; nil for a new one.
    func verdictAfter(_ query: GateQuery, id: String?) async throws -> Verdict {
        let isCaughtUp = await milestone.wait(for: acceptedPosition, atMost: Self.longestCatchUp)
        var request = Gate.Request(
            id: id ?? ids.next(), service: query.service, environment: query.environment, sha: query.sha,
            version: query.version, phase: .after)
        var facts = GateFacts()
        switch try await subject(of: query) {
        case .missing(let reason): facts.judgementGap = GateFacts.Gap(reason, isFinal: isCaughtUp)
        case .change(let change):
            if request.service.isEmpty { request.service = change.service }
            if request.environment.isEmpty { request.environment = change.environment }
            if request.version.isEmpty { request.version = change.version }
            facts.judgement = await pipeline.judgement(ofChange: change.id)
            facts.judgementGap = Self.gap(in: facts.judgement, of: change, isCaughtUp: isCaughtUp)
        }
        facts.health = await health(of: request.service, in: request.environment)
        let policy = configuration.gate.policy(service: request.service, environment: request.environment)
        return Gate.decide(request, facts, policy: policy, now: clock.now())
    }

    /// The newest change of the service to that version, or commit, is meant when no change is named.
    private func subject(of query: GateQuery) async throws -> Subject {
        if let id = query.change, !id.isEmpty {
            guard let change = try await changeStore.change(id: id) else {
                return .missing("no change '\(id)' was reported")
            }
            return await foreignness(of: change, to: query).map { .missing($0) } ?? .change(change)
        }
        let version = query.version.isEmpty ? query.sha : query.version
        guard !version.isEmpty else { return .missing("the question names no change, no version and no commit") }
        var newest: Change?
        for name in await pipeline.names(ofService: query.service) {
            let filter = ChangeFilter(
                service: name, environment: query.environment, limit: Self.versionsAmong)
            guard let change = try await changeStore.changes(filter).first(where: { $0.version == version }) else {
                continue
            }
            if newest.map({ $0.startedAt < change.startedAt }) ?? true { newest = change }
        }
        let place = query.environment.isEmpty ? "" : " in the environment '\(query.environment)'"
        return newest.map { .change($0) }
            ?? .missing("no change of '\(query.service)'\(place) to '\(version)' was reported of late")
    }

    /// Why the change is not one that the question may be about; nil when it may.
    private func foreignness(of change: Change, to query: GateQuery) async -> String? {
        let isOwn = await pipeline.isSame(service: change.service, query.service)
        if !query.service.isEmpty, !isOwn {
            return "the change '\(change.id)' is one of '\(change.service)', not of '\(query.service)'"
        }
        let isElsewhere = !change.environment.isEmpty && change.environment != query.environment
        guard !query.environment.isEmpty, isElsewhere else { return nil }
        let place = "the environment '\(change.environment)'"
        return "the change '\(change.id)' is one in \(place), not in '\(query.environment)'"
    }

    /// Why a judgement does not say all that there will be to say of a change; nil when it does.
    private static func gap(
        in judgement: ChangeJudgement?, of change: Change, isCaughtUp: Bool
    ) -> GateFacts.Gap? {
        guard isCaughtUp else { return GateFacts.Gap("reports of late have not been worked in yet", isFinal: false) }
        switch change.outcome {
        case .failure: return GateFacts.Gap("the change '\(change.id)' failed to be carried out", isFinal: true)
        case .rolledBack: return GateFacts.Gap("the change '\(change.id)' was undone", isFinal: true)
        case .pending where judgement == nil:
            return GateFacts.Gap("the change '\(change.id)' is under way and not watched", isFinal: false)
        case .pending, .success: return nil
        }
    }
}
