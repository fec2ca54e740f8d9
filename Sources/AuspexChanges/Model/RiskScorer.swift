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

    /// Whether there is a model. Without one a change can only be held against its repository's past.
    package var hasModel: Bool { own != nil || organisation != nil }

    /// Assesses a change.
    package func assess(_ report: FeatureReport) -> RiskAssessment {
        if let own { return own.assess(report) }
        guard let organisation else { return SizeRisk.assess(report) }
        return borrowed(organisation, organisation.assess(report))
    }

    /// Assesses a change of which nothing is known but its measures: its place is that among the model's last changes.
    /// Without a model there is nothing to hold it against, and no risk.
    ///
    /// - Parameters:
    ///   - measures: The measures.
    ///   - commits: How many commits the change has.
    package func assess(measures: ChangeMeasures, commits: Int = 1) -> RiskAssessment {
        var assessment = assessed(measures)
        if hasModel, let note = RiskModel.note(onCommits: commits) { assessment.missing.append(note) }
        return assessment
    }

    private func assessed(_ measures: ChangeMeasures) -> RiskAssessment {
        if let own { return own.assess(measures, after: own.lastChanges) }
        guard let organisation else {
            return RiskAssessment(
                risk: nil, reasons: SizeRisk.plainReasons(measures),
                missing: ["risk: there is no model, and no earlier change to compare with"])
        }
        return borrowed(organisation, organisation.assess(measures, after: organisation.lastChanges))
    }

    private func borrowed(_ model: RiskModel, _ assessment: RiskAssessment) -> RiskAssessment {
        var assessment = assessment
        // On public data models of other projects rank no better than lines added, so nobody may take it for more.
        assessment.missing.append(
            "risk: by the model of '\(model.training.service)', this service has none of its own yet")
        return assessment
    }
}
