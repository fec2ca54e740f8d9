package import AuspexSignals

/// A change with how it turned out, as the metrics of delivery look at it.
package struct DeliveredChange: Hashable, Sendable {
    /// The change.
    package var change: Change
    /// Whether it did harm.
    package var harm: ChangeOutcome.Harm
    /// The incidents that it is to blame for.
    package var incidents: [Disruption]

    /// An incident's beginning and end.
    package struct Disruption: Hashable, Sendable {
        /// When its first alert fired.
        package var startedAt: Timestamp
        /// When it was over; nil while it is not.
        package var resolvedAt: Timestamp?

        /// Creates a disruption.
        package init(startedAt: Timestamp, resolvedAt: Timestamp?) {
            self.startedAt = startedAt
            self.resolvedAt = resolvedAt
        }
    }

    /// Creates a delivered change.
    package init(_ change: Change, harm: ChangeOutcome.Harm = .open, incidents: [Disruption] = []) {
        self.change = change
        self.harm = harm
        self.incidents = incidents
    }

    /// When it was over, or begun when nothing says.
    package var finishedAt: Timestamp { change.endedAt ?? change.startedAt }
    /// Whether it is over, whatever came of it.
    package var isFinished: Bool { change.outcome != .pending }
    /// Whether the version ran, be it for a while.
    package var isDeployed: Bool { change.outcome == .success || change.outcome == .rolledBack }
    /// Whether it did harm: what failed or was rolled back did, whether or not that has been decided yet.
    package var isHarmful: Bool {
        harm == .harmful || change.outcome == .failure || change.outcome == .rolledBack
    }

    /// What deploys follow one another in.
    var place: [String] { [change.service, change.environment] }
}
