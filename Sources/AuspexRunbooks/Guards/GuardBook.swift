package import AuspexSignals

/// Where guards keep what the journal of runs does not say. What has returned is on disk, together with its entry in the
/// audit or not at all.
///
/// Implementers run `GuardBookConformance` of AuspexRunbookTesting.
package protocol GuardBook: Sendable {
    /// All promotions, in order of rule and runbook.
    func promotions() async throws -> [Promotion]

    /// Keeps a promotion in place of an earlier one of the same rule and runbook.
    func promote(_ promotion: Promotion, audit: RunAudit) async throws

    /// Takes a promotion back.
    ///
    /// - Returns: whether there was one; without one nothing is written.
    func revoke(rule: String, runbook: String, audit: RunAudit, at: Timestamp) async throws -> Bool

    /// The breakers that are open, in order of their runbooks.
    func openBreakers() async throws -> [Breaker]

    /// When a person last reset the runbook's breaker; nil for never.
    func breakerReset(of runbook: String) async throws -> Timestamp?

    /// Opens a breaker.
    ///
    /// - Returns: whether it was closed before; one that is open stays as it is.
    func open(_ breaker: Breaker, audit: RunAudit) async throws -> Bool

    /// Closes a runbook's breaker.
    ///
    /// - Returns: whether it was open; when not, nothing is written.
    func resetBreaker(of runbook: String, audit: RunAudit, at: Timestamp) async throws -> Bool

    /// Notes that people were told what goes by this key.
    func noteTold(_ key: String, at: Timestamp) async throws

    /// Whether people were told it.
    func wasTold(_ key: String) async throws -> Bool

    /// Notes which change a run follows: the one that its alert's incident most probably comes from.
    func link(run: String, to change: String) async throws

    /// The change that a run follows; nil for none.
    func change(ofRun run: String) async throws -> String?
}
