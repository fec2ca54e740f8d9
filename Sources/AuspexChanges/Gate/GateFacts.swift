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
    /// Why there is no judgement to go by, when more is known of that than that there is none.
    package var judgementGap: Gap?

    /// Why something is not known.
    package struct Gap: Hashable, Sendable {
        /// In words.
        package var reason: String
        /// Whether it will not be known later either.
        package var isFinal: Bool

        /// Creates a reason.
        package init(_ reason: String, isFinal: Bool) {
            self.reason = reason
            self.isFinal = isFinal
        }
    }

    /// Creates facts.
    package init(
        risk: RiskAssessment? = nil, health: ServiceHealth? = nil, points: RulePoints? = nil,
        context: ChangeContext? = nil, judgement: ChangeJudgement? = nil,
        judgementGap: Gap? = nil
    ) {
        self.risk = risk
        self.health = health
        self.points = points
        self.context = context
        self.judgement = judgement
        self.judgementGap = judgementGap
    }
}

extension GateFacts {
    /// Whether what is known of the change's effect stays so.
    var isFinal: Bool { (judgementGap?.isFinal ?? true) && (judgement?.isFinal ?? true) }
}
