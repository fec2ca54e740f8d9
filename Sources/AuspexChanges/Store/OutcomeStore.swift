package import AuspexSignals

/// Where outcomes of changes and the measures of changes are kept, and matched with each other.
///
/// A measured change and a reported one are the same when service and environment agree, an empty environment with any, and
/// the reported version is the measured sha or version, see ``VersionName``. When several reports match, the change did harm if one of them did,
/// and is known to be harmless when all of them are.
package protocol OutcomeStore: Sendable {
    /// Decides about changes, each as it is known at that moment, and keeps what is news. Nothing can come between reading
    /// and keeping, so that of two who decide at the same time neither loses what the other knew. Unknown changes are
    /// passed over.
    ///
    /// - Parameters:
    ///   - changes: Their identifiers.
    ///   - decide: Makes an outcome of the change and the one that is kept.
    /// - Returns: what was news, with what was kept before.
    func decide(
        _ changes: [String], _ decide: @escaping @Sendable (Change, ChangeOutcome?) -> ChangeOutcome
    ) async throws -> [(before: ChangeOutcome?, after: ChangeOutcome)]

    /// The outcomes of these changes, by their identifiers; those without one are missing.
    func outcomes(of changes: [String]) async throws -> [String: ChangeOutcome]

    /// The identifiers of changes begun at `since` or later of which the outcome is open or not decided yet, oldest first.
    func undecided(since: Timestamp, limit: Int) async throws -> [String]

    /// Keeps what was measured. What was measured before of the same service, environment, sha and version is replaced.
    func record(_ measured: MeasuredChange) async throws

    /// What was measured of the newest change of a service that one of these names means, in an environment; an empty
    /// environment agrees with any. Nil when nothing was.
    func measured(_ service: String, environment: String, names: [String]) async throws -> MeasuredChange?

    /// For each service the number of outcomes that can be learned from: of changes measured at `until` or before. In order
    /// of the names.
    func tallies(until: Timestamp) async throws -> [OutcomeTally]

    /// Measured changes with a known outcome, of one service, measured after `after` and at `until` or before: the newest
    /// ones, oldest first.
    func learnable(
        _ service: String, after: Timestamp?, until: Timestamp, limit: Int
    ) async throws -> [LabelledChange]
}

/// Where trained models are kept.
package protocol RiskModelStore: Sendable {
    /// Keeps a new version and gives it the next number of its service. One that is in force takes that from the one
    /// before. Of each service the last ``RiskModelVersion/kept`` are kept, and the one that is in force.
    ///
    /// - Returns: the version with its number.
    func add(_ version: RiskModelVersion, _ model: RiskModel) async throws -> RiskModelVersion

    /// Keeps what a model has learned since.
    func update(_ model: RiskModel, service: String, version: Int) async throws

    /// The versions of one service, or of all, by service and then newest first.
    func versions(of service: String?) async throws -> [RiskModelVersion]

    /// The model in force of a service; nil when none is.
    func inForce(_ service: String) async throws -> (version: RiskModelVersion, model: RiskModel)?
}
