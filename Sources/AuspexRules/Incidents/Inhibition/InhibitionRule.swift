package import AuspexSignals

/// Which alerts keep which others quiet: `inhibited_by` of a rule.
///
/// An alert that it is about, a target, is inhibited while another alert fires that is a source, and that has the same
/// labels or stands on a service that the target's depends on (or that depends on the target's).
package struct InhibitionRule: Sendable {
    /// Inhibition by equal labels.
    package struct ByLabels: Sendable {
        /// Whether an alert can inhibit.
        package var isSource: @Sendable (Alert) -> Bool
        /// The labels that source and target must have in common; a missing label is the same as an empty one. Without any,
        /// every source inhibits every target.
        package var equal: [String]

        /// Creates an inhibition by equal labels.
        package init(equal: [String], isSource: @escaping @Sendable (Alert) -> Bool) {
            self.equal = equal
            self.isSource = isSource
        }
    }

    /// Inhibition along dependencies.
    package struct ByTopology: Sendable {
        /// Where the source stands, seen from the target.
        package var direction: ServiceDirection
        /// How many steps away the source may be, at least 1.
        package var depth: Int
        /// Whether an alert can inhibit.
        package var isSource: @Sendable (Alert) -> Bool

        /// Creates an inhibition along dependencies.
        package init(
            direction: ServiceDirection, depth: Int, isSource: @escaping @Sendable (Alert) -> Bool = { _ in true }
        ) {
            self.direction = direction
            self.depth = depth
            self.isSource = isSource
        }
    }

    /// Whether an alert can be inhibited.
    package var isTarget: @Sendable (Alert) -> Bool
    /// Inhibition by equal labels; nil for none.
    package var labels: ByLabels?
    /// Inhibition along dependencies; nil for none.
    package var topology: ByTopology?
    /// For how long an alert may be inhibited, counted from when both it and its source fired.
    package var longest: TimeSpan

    /// Unless a rule says otherwise, an alert is heard of after so long even if its source still fires.
    package static let defaultLongest = TimeSpan.hours(2)

    /// Creates a rule.
    package init(
        labels: ByLabels? = nil, topology: ByTopology? = nil, longest: TimeSpan = defaultLongest,
        isTarget: @escaping @Sendable (Alert) -> Bool
    ) {
        self.labels = labels
        self.topology = topology
        self.longest = longest
        self.isTarget = isTarget
    }
}
