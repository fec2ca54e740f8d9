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
        try await deliveries.insert(delivery, at: clock.now())
        return true
    }

    /// Keeps what was pushed, so that the age of what later deploys bring can be told.
    package func report(_ commits: PushedCommits) async throws { try await pushes.save(commits) }

    /// The change with what is known of the commits that it brings.
    func withCommits(_ change: Change) async throws -> Change {
        guard let repository = change.repository, !change.version.isEmpty, change.committedAt == nil,
            let known = try await pushes.commits(
                repository: repository, version: change.version, previous: change.previousVersion)
        else { return change }
        var change = change
        change.committedAt = known.committedAt
        change.commits = change.commits ?? known.count
        return change
    }
}
