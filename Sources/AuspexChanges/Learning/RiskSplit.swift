/// How good a model trained on the older changes was on the newest ones, in the order of time.
package struct RiskSplit: Hashable, Sendable, Codable {
    /// The newest changes, which were judged.
    package var changes: Int
    /// How many of them did harm.
    package var harmful: Int
    /// The model with the base rate followed, outcomes of the judged changes counting once they are known.
    package var metrics: RiskMetrics
    /// Lines added alone, which is what a model has to beat.
    package var linesAdded: RiskMetrics
    /// The model that was in force until then, on the same changes; nil when it wasn't asked.
    package var incumbent: RiskMetrics?

    private enum CodingKeys: String, CodingKey {
        case changes, harmful, metrics, incumbent
        case linesAdded = "lines_added"
    }
}
