package import AuspexSignals

/// What rules say of a change before it is made.
extension RuleEngine {
    /// The points of the rules for a proposed change, as if it were reported at its own time. Nothing comes of it: no
    /// alert, no count, and asking again gives the same.
    ///
    /// Asked are the rules with a `risk` and a single condition over changes, without `count`: for the others one change
    /// alone says nothing. They see what they see in the running engine, with the same functions.
    ///
    /// - Parameter change: The change; its `startedAt` is the moment that the rules go by.
    /// - Returns: One for each rule whose condition holds, or that could not be asked, in the order of the rules.
    /// - Complexity: The expressions of those rules.
    package func riskPoints(for change: Change) -> [ChangeRisk] {
        let fact = Fact.change(change)
        return ruleSet.changeRisks.compactMap { place in
            let rule = ruleSet.rules[place]
            do throws(RuleExpression.Failure) {
                guard let risk = try assess(fact, by: rule, at: place) else { return nil }
                return ChangeRisk(rule: rule.id, title: rule.title, answer: .points(risk))
            } catch {
                return ChangeRisk(rule: rule.id, title: rule.title, answer: .missing(error.reason))
            }
        }
    }

    /// The points of a rule; nil if it has nothing to say of the fact.
    private func assess(_ fact: Fact, by rule: Rule, at place: Int) throws(RuleExpression.Failure) -> RuleRisk? {
        guard let score = rule.risk else { return nil }
        let condition = rule.condition
        let context = context(of: condition, fact, heldBack: rule.allowLate)
        guard try condition.expression.holds(condition.variables(fact.value()), in: context),
            rule.exceptions.match(fact) == nil
        else { return nil }
        let occasion = Occasion(group: rule.group(of: fact), startedAt: fact.time, facts: [condition.name: fact])
        let alert = Alert(.firing(at: fact.time), of: rule.summary, occasion)
        return try score.assessment(
            RuleEvaluation.variables(of: rule, occasion, alert, firedAt: fact.time),
            in: contextToFire(alert, at: place, firedAt: fact.time))
    }
}

extension Rule {
    /// Whether it can say how risky one change is, by itself.
    var weighsChanges: Bool {
        risk != nil && correlation == nil && conditions.count == 1 && condition.source == .change
            && condition.count == nil
    }
}
