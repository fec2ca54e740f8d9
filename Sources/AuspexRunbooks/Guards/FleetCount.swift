package import AuspexSignals

/// How the instances of a fleet are.
package struct FleetCount: Hashable, Sendable {
    /// Those that do their work.
    package var healthy: Int
    /// Those that do not, and those of which it is not known.
    package var others: Int
    /// Whether the instance that the run is for is known not to do its work, so that working on it takes nothing away.
    package var isTargetDown: Bool
    /// Which the others are, as far as that is known.
    package var unwell: [Unwell]

    /// An instance that does not do its work, or of which that is not known.
    package struct Unwell: Hashable, Sendable {
        /// The value of its label `instance`.
        package var instance: String
        /// The time of the newest reading that says so.
        package var saidAt: Timestamp

        /// Names an instance.
        package init(_ instance: String, saidAt: Timestamp) {
            self.instance = instance
            self.saidAt = saidAt
        }
    }

    /// Creates a count.
    package init(healthy: Int, others: Int, isTargetDown: Bool = false, unwell: [Unwell] = []) {
        self.healthy = healthy
        self.others = others
        self.isTargetDown = isTargetDown
        self.unwell = unwell
    }

    /// All of them.
    package var total: Int { healthy + others }
}
