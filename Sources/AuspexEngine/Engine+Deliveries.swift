import AuspexChanges
package import AuspexSignals
import AuspexStore

/// What webhooks bring.
extension Engine {
    /// Works in what a delivery brought, once however often it comes, also after a restart.
    ///
    /// The delivery is remembered last: should the engine die before that, the sender's repetition finishes the work,
    /// which by then changes nothing twice.
    ///
    /// - Parameters:
    ///   - delivery: Identifies the delivery among those of all senders.
    ///   - work: Works it in; must do no harm when it is done again.
    /// - Returns: whether it was news.
    package func once(_ delivery: String, _ work: () async throws -> Void) async throws -> Bool {
        if try await deliveries.contains(delivery) { return false }
        try await work()
        _ = try await deliveries.insert(delivery, at: clock.now())
        return true
    }

    /// Whether the report of a failure is that of a deployment which the gate has stopped: systems count those as failed,
    /// and it tells nothing of the change. The question has the identifier that the change has.
    func isStopped(_ change: Change) async throws -> Bool {
        guard change.outcome == .failure else { return false }
        let asked = try await questions.store.question(id: DeploymentQuestion.plainID(change.id))
        return asked?.settlement?.mayGoOn == false
    }

    /// Remembers a delivery that there is nothing to do about.
    ///
    /// - Returns: whether it was news.
    func remember(_ delivery: String?) async throws -> Bool {
        guard let delivery else { return true }
        return try await deliveries.insert(delivery, at: clock.now())
    }

    /// Keeps what was pushed, so that the age of what later deploys bring can be told.
    package func report(_ commits: PushedCommits) async throws { try await pushes.save(commits) }

    /// So many changes before one are looked at for the version that it replaces.
    private static let lookedBack = 50

    /// The change with what is known of the commits that it brings.
    func withCommits(_ change: Change) async throws -> Change {
        guard let repository = change.repository, !change.version.isEmpty, change.committedAt == nil else {
            return change
        }
        // Without the last push the earlier ones lead nowhere, and the version that is replaced need not be looked for.
        guard var known = try await pushes.commits(repository: repository, version: change.version, previous: "") else {
            return change
        }
        let previous = try await replacedVersion(change)
        if !previous.isEmpty,
            let all = try await pushes.commits(repository: repository, version: change.version, previous: previous)
        {
            known = all
        }
        var change = change
        change.committedAt = known.committedAt
        change.commits = change.commits ?? known.count
        return change
    }

    /// The version that a change replaces: the one that it states, else that of the last deploy that went well there.
    private func replacedVersion(_ change: Change) async throws -> String {
        if !change.previousVersion.isEmpty { return change.previousVersion }
        let earlier = ChangeFilter(
            service: change.service, environment: change.environment, until: change.startedAt, limit: Self.lookedBack)
        let replaced = try await changes(earlier).first {
            $0.outcome == .success && $0.repository == change.repository && $0.id != change.id
        }
        return replaced?.version ?? ""
    }
}
