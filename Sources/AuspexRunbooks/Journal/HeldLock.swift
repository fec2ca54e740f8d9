package import AuspexSignals

/// A lock that a run has (rule 12 of the safety defaults).
package struct HeldLock: Hashable, Sendable, Codable {
    /// What is locked.
    package var name: String
    /// The run that has it.
    package var run: String
    /// What that run is for: its runbook's title.
    package var reason: String
    /// Who asked for the run.
    package var requestedBy: String
    /// When it ends by itself. A lock of a run that is not open any more ends at once.
    package var expires: Timestamp
    /// The engine that took it, by its number on the database. An engine with another number cannot write.
    package var epoch: Int64

    /// Creates a lock.
    package init(
        name: String, run: String, reason: String, requestedBy: String, expires: Timestamp, epoch: Int64
    ) {
        self.name = name
        self.run = run
        self.reason = reason
        self.requestedBy = requestedBy
        self.expires = expires
        self.epoch = epoch
    }
}
