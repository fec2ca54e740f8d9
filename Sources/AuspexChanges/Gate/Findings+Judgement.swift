extension Findings {
    /// Looks at what became of the service after the change.
    ///
    /// - Returns: whether there is a verdict on that.
    mutating func judge(_ facts: GateFacts, _ request: Gate.Request, _ policy: GatePolicy) -> Bool {
        if let gap = facts.judgementGap { missing.append("judgement: \(gap.reason)") }
        guard let judgement = facts.judgement else {
            if request.phase == .after, facts.judgementGap == nil {
                missing.append("judgement: no change of '\(request.service)' such as this one was watched")
            }
            return false
        }
        let name = "judgement of change '\(judgement.change)'"
        guard judgement.state != .running else {
            missing.append("\(name): the service is still being watched")
            return false
        }
        let reasons = judgement.report?.reasons ?? []
        if judgement.state == .provisional {
            missing.append("\(name): the change was still under way")
            guard judgement.verdict == .fail else { return false }
        }
        switch judgement.verdict {
        case .inconclusive:
            missing += reasons.map { "\(name): \($0)" }
            return false
        case .pass:
            add(.ignore, "\(name): nothing is worse", value: judgement.score)
        case .warn:
            for reason in reasons { add(.warn, "\(name): \(reason)", value: judgement.score) }
        case .fail:
            for reason in reasons { add(policy.judgeFail, "\(name): \(reason)", value: judgement.score) }
        }
        return facts.judgementGap == nil && judgement.isFinal
    }
}
