/// Chooses what a change is assessed by: the service's own model, else the organisation's, else size alone. Whoever
/// reads the result is told when it was not the first.
package struct RiskScorer: Sendable {
    private let own: RiskModel?
    private let organisation: RiskModel?

    /// Creates a scorer.
    ///
    /// - Parameters:
    ///   - own: The model trained on the service's changes.
    ///   - organisation: The one trained on the changes of several services.
    package init(own: RiskModel?, organisation: RiskModel? = nil) {
        self.own = own
        self.organisation = organisation
    }

    /// Assesses a change.
    package func assess(_ report: FeatureReport) -> RiskAssessment {
        if let own { return own.assess(report) }
        guard let organisation else { return SizeRisk.assess(report) }
        var assessment = organisation.assess(report)
        // On public data models of other projects rank no better than lines added, so nobody may take it for more.
        assessment.missing.append(
            "risk: by the model of '\(organisation.training.service)', this service has none of its own yet")
        return assessment
    }
}
