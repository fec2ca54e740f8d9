package import AuspexSignals

/// Alerts that another system sent.
package struct AlertReport: Hashable, Sendable, Codable {
    /// The alerts.
    package var alerts: [ReceivedAlert]
    /// When they were received.
    package var at: Timestamp
}
