/// How the instances of a fleet are.
package struct FleetCount: Hashable, Sendable {
    /// Those that do their work.
    package var healthy: Int
    /// Those that do not, and those of which it is not known.
    package var others: Int
    /// Whether the instance that the run is for is known not to do its work, so that working on it takes nothing away.
    package var isTargetDown: Bool

    /// Creates a count.
    package init(healthy: Int, others: Int, isTargetDown: Bool = false) {
        self.healthy = healthy
        self.others = others
        self.isTargetDown = isTargetDown
    }

    /// All of them.
    package var total: Int { healthy + others }
}
