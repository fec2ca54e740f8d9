/// What rules say of the change, and whether all that the policy requires is known.
extension Findings {
    /// Holds each rule's points against the policy.
    mutating func judge(_ points: RulePoints?, _ policy: GatePolicy) {
        guard let points else { return }
        areAllRulesAnswered = points.unanswered.isEmpty
        missing += points.unanswered.map { "points: rule '\($0.rule)' could not be asked: \($0.reason)" }
        for rule in points.rules {
            let why = rule.reasons.isEmpty ? "" : ": " + rule.reasons.map(\.text).joined(separator: ", ")
            let text = "rule '\(rule.title)' gives \(NumberText.short(rule.score)) points (\(rule.band))\(why)"
            if hold(rule.score, against: policy.warnPoints, policy.failPoints, text) == .ignore {
                add(.ignore, text, value: rule.score, baseline: policy.warnPoints ?? policy.failPoints)
            }
        }
    }

    /// Whether something is not known that the policy requires, or there is no evidence at all.
    func isLacking(_ policy: GatePolicy) -> Bool {
        if risk == nil, health == nil { return true }
        return policy.required.contains { evidence in
            switch evidence {
            case .risk: risk == nil
            case .health: health == nil
            case .points: !areAllRulesAnswered
            }
        }
    }
}
