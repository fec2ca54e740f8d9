package import AuspexRules
package import AuspexSignals

/// Dependencies between services that another program tells, or takes back.
package struct LinkReport: Hashable, Sendable, Codable {
    /// The dependencies.
    package var links: [ServiceLink]
    /// Whether they are taken back.
    package var isWithdrawn: Bool
    /// When they were told.
    package var at: Timestamp
}
