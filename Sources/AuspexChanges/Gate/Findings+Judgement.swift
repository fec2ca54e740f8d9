extension Findings {
    /// Looks at what became of the service after the change.
    ///
    /// - Returns: whether there is a verdict on that.
    mutating func judge(_ judgement: ChangeJudgement?, _ request: Gate.Request, _ policy: GatePolicy) -> Bool {
        guard let judgement else {
            if request.phase == .after {
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
        return true
    }
}
