/// What is known when the gate decides. What is nil is not known.
package struct GateFacts: Hashable, Sendable {
    /// The assessment of the change itself.
    package var risk: RiskAssessment?
    /// How the service does.
    package var health: ServiceHealth?
    /// What became of the service after the change.
    package var judgement: ChangeJudgement?

    /// Creates facts.
    package init(risk: RiskAssessment? = nil, health: ServiceHealth? = nil, judgement: ChangeJudgement? = nil) {
        self.risk = risk
        self.health = health
        self.judgement = judgement
    }
}
