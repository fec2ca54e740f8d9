package import AuspexSignals

/// How votes become blame. The numbers were chosen on the first five seeds of a simulation and are judged on others; see
/// the article on outcomes.
package struct BlamePolicy: Hashable, Sendable {
    /// A window after a change and how much the votes in it count.
    package struct Window: Hashable, Sendable {
        /// Its length.
        package var length: TimeSpan
        /// The weight of its logarithm.
        package var weight: Double

        /// Creates a window.
        package init(_ length: TimeSpan, weight: Double) {
            self.length = length
            self.weight = weight
        }
    }

    /// The windows of fixed length.
    package var windows = [
        Window(.hours(1), weight: 0.6), Window(.hours(24), weight: 0.3), Window(.hours(72), weight: 0.1),
    ]
    /// The weight of the window that is as long as the time since the previous change of the same service; it counts only
    /// when that is known.
    package var sincePreviousWeight = 0.1
    /// Faults so long before a change veto it.
    package var vetoWindow = TimeSpan.hours(72)
    /// Whether they do.
    package var usesVetoes = true
    /// After so long a fault counts half; nil for no decay.
    package var halfLife: TimeSpan? = .hours(8)
    /// Faults of which a smaller share of places had the change don't count; nil to look at no places.
    package var leastShare: Double? = 0.3
    /// What each step between the services leaves of a vote.
    package var factorPerStep = 0.3
    /// The score of "none of these", beside which the candidates' scores are put.
    package var rest = 0.3

    /// Creates the standard policy.
    package init() {}
}
