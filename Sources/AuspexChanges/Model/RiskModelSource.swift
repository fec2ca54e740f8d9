package protocol RiskModelSource: Sendable {
    /// The scorer for a service's changes.
    func scorer(for service: String) async -> RiskScorer
}
