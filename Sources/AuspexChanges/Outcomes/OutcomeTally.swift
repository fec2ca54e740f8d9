package import AuspexSignals

/// How many outcomes of a service's measured changes are known.
package struct OutcomeTally: Hashable, Sendable, Codable {
    /// The service.
    package var service: String
    /// Measured changes that are old enough and of which the outcome is known.
    package var known: Int
    /// How many of these did harm.
    package var harmful: Int
    /// When the last of these outcomes was decided; nil when none was.
    package var lastDecision: Timestamp?

    /// Creates a tally.
    package init(service: String, known: Int, harmful: Int, lastDecision: Timestamp?) {
        self.service = service
        self.known = known
        self.harmful = harmful
        self.lastDecision = lastDecision
    }

    /// Whether a model can be trained on them.
    package var isEnough: Bool {
        known >= RiskTrainer.fewestChanges && min(harmful, known - harmful) >= RiskTrainer.fewestOfAKind
    }
}
