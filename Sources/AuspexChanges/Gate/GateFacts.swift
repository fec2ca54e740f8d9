/// What is known when the gate decides. What is nil is not known.
package struct GateFacts: Hashable, Sendable {
    /// The assessment of the change itself.
    package var risk: RiskAssessment?
    /// How the service does.
    package var health: ServiceHealth?
    /// What the rules say of the change.
    package var points: RulePoints?
    /// The moment and the surroundings.
    package var context: ChangeContext?
    /// What became of the service after the change.
    package var judgement: ChangeJudgement?

    /// Creates facts.
    package init(
        risk: RiskAssessment? = nil, health: ServiceHealth? = nil, points: RulePoints? = nil,
        context: ChangeContext? = nil, judgement: ChangeJudgement? = nil
    ) {
        self.risk = risk
        self.health = health
        self.points = points
        self.context = context
        self.judgement = judgement
    }
}
