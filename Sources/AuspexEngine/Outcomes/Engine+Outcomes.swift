package import AuspexChanges
package import AuspexSignals
import AuspexStore

/// What the doors hand in about outcomes of changes.
extension Engine {
    /// Keeps which commits a version brings, for ninety days, and fills them into the changes that have that version and
    /// don't say it themselves.
    ///
    /// - Parameters:
    ///   - repository: The repository, `owner/name`.
    ///   - sha: The newest commit, which is the version.
    ///   - oldest: When the oldest was committed.
    ///   - count: How many there are.
    package func noteCommits(repository: String, sha: String, oldest: Timestamp, count: Int) async throws {
        guard !sha.isEmpty, count > 0 else { return }
        try await outcomes.note(VersionCommits(repository: repository, sha: sha, oldest: oldest, count: count))
    }

    /// Puts a risk model that was trained elsewhere in force, and puts that into the audit.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - service: The service whose changes are assessed by it; empty for all that have none of their own.
    ///   - person: Who does it.
    package func use(_ model: RiskModel, for service: String, by person: String) async throws -> RiskModelVersion {
        try OutcomeError.check(person, "")
        let training = model.training
        try await audit.append(
            kind: "risk.model", runID: nil,
            detail: .object([
                "service": .string(service), "by": .string(person), "trained_on": .string(training.service),
                "changes": .int(Int64(training.changes)), "harmful": .int(Int64(training.harmful)),
            ]), at: clock.now())
        return try await outcomes.book.put(model, inForceFor: service)
    }
}
