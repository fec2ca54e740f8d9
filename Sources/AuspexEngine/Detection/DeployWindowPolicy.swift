package import AuspexSignals

/// What changes do to the scores of the series that they concern: `detection.deploy_window`.
package struct DeployWindowPolicy: Hashable, Sendable {
    /// What happens to anomaly scores while a window is open.
    package enum Effect: String, Hashable, Sendable, CaseIterable, Codable {
        /// Nothing: changes open no windows.
        case none
        /// They are divided by the factor.
        case widen
        /// They are 0.
        case mute
        /// They are 0, and at the window's end the series begins anew with its new level.
        case rebaseline
    }

    /// What happens while a window is open.
    package var effect = Effect.none
    /// How long a window stays open after its change began, and after it was over.
    package var length = TimeSpan.minutes(10)
    /// What ``Effect/widen`` divides by, 1 or more.
    package var factor = 2.0
    /// A series is concerned when one of these labels has the change's service for its value.
    package var labels = ["service", "job", "app"]

    /// No windows.
    package init() {}

    /// Gives a reading the anomaly score that it has while a window is open.
    func adjust(_ reading: inout Reading) {
        switch effect {
        case .none: break
        case .widen: reading.anomalyScore /= factor
        case .mute, .rebaseline: reading.anomalyScore = 0
        }
        if !reading.isAnomalous { reading.reason = nil }
    }
}

/// The window in which a reading was made.
package struct DeployWindow: Hashable, Sendable, Codable {
    /// What it did to the anomaly score.
    package var policy: DeployWindowPolicy.Effect
    /// When it ends, by what was known then.
    package var until: Timestamp
}
