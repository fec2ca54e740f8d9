package import AuspexSignals

/// The outcome of a health check of a part of a service. Each report of the same labels and check replaces the one before.
package struct HealthFact: Hashable, Sendable, Codable {
    /// How the part is, as the check says.
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        /// All is well.
        case healthy
        /// It does its work, worse than it should.
        case degraded
        /// It doesn't do its work.
        case unhealthy
        /// The check came to no result, which is not that all is well.
        case unknown
    }

    /// What was checked: `service`, `instance` and what else there is.
    package var labels: Labels
    /// The check's name, such as `http`; empty when there is only one.
    package var check: String
    /// How it is.
    package var status: Status
    /// What the check says of it; empty when it says nothing.
    package var message: String
    /// When it was checked.
    package var time: Timestamp

    /// Creates a fact.
    package init(labels: Labels, check: String, status: Status, message: String = "", time: Timestamp) {
        self.labels = labels
        self.check = check
        self.status = status
        self.message = message
        self.time = time
    }

    /// The labels with the check's name as `check`, which tell what is checked from all else that is.
    package var allLabels: Labels { check.isEmpty ? labels : labels.setting("check", to: check) }
}
