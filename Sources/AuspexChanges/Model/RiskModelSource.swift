/// Where a server finds the models that changes are assessed by.
package protocol RiskModelSource: Sendable {
    /// What the changes of a service are assessed by; one without a model where there is none. Called for every decision
    /// of the gate, so it must not read files.
    func scorer(for service: String) async -> RiskScorer
}

/// No models: changes are assessed by whoever measured them, or by size.
package struct NoRiskModels: RiskModelSource {
    /// Creates the source.
    package init() {}

    package func scorer(for service: String) async -> RiskScorer { RiskScorer(own: nil) }
}
