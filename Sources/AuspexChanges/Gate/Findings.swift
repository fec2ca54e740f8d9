import AuspexSignals

/// What the gate has found so far.
struct Findings {
    /// What a firing warning alert leaves of the health's 100 points. A critical one leaves nothing.
    private static let scoreWithWarning = 50.0
    /// How many anomalous series and alerts are named; the others are counted.
    private static let namedAtMost = 10

    var risk: Risk?
    var health: Health?
    var missing: [String] = []
    /// Whether every rule that could concern the change has given an answer.
    var areAllRulesAnswered = false
    private(set) var effect = GatePolicy.Effect.ignore
    private var reasons: [Reason] = []

    /// Heaviest first, otherwise in the order in which they were found.
    var orderedReasons: [Reason] {
        reasons.enumerated()
            .sorted { ($0.element.weight, -$0.offset) > ($1.element.weight, -$1.offset) }
            .map(\.element)
    }

    /// Places the change by its risk. Of percentile and probability the graver counts.
    mutating func judge(_ assessment: RiskAssessment?, _ policy: GatePolicy) {
        guard let assessment else {
            missing.append("risk: the change was not measured (no repository and range were given)")
            return
        }
        missing += assessment.missing
        guard let known = assessment.risk else {
            reasons += assessment.reasons
            return
        }
        risk = known
        let place = "risk is at percentile \(NumberText.short(known.percentile)) (\(known.model))"
        var effect = hold(known.percentile, against: policy.warnPercentile, policy.failPercentile, place)
        if let probability = known.probability {
            let text = "the probability of harm is \(NumberText.short(probability)) (\(known.model))"
            effect = max(effect, hold(probability, against: policy.warnProbability, policy.failProbability, text))
        } else if policy.warnProbability != nil || policy.failProbability != nil {
            missing.append("risk: \(known.model) gives no probability for the policy to hold against its thresholds")
        }
        // What makes up the risk weighs in the decision as much as the risk does.
        reasons += assessment.reasons.map { reason in
            var weighed = reason
            weighed.weight *= Self.weight(of: effect)
            return weighed
        }
    }

    /// Adds a reason if a value reaches one of the policy's thresholds.
    ///
    /// - Parameter text: The value in words, in front of what the policy does.
    /// - Returns: What it leads to.
    @discardableResult
    mutating func hold(
        _ value: Double, against warn: Double?, _ fail: Double?, _ text: String
    ) -> GatePolicy.Effect {
        if let fail, value >= fail {
            add(.fail, "\(text), the policy fails from \(NumberText.short(fail))", value: value, baseline: fail)
            return .fail
        }
        guard let warn, value >= warn else { return .ignore }
        add(.warn, "\(text), the policy warns from \(NumberText.short(warn))", value: value, baseline: warn)
        return .warn
    }

    /// Looks at what is open for the service. A firing alert counts even if the service has fallen silent since.
    mutating func judge(_ state: ServiceHealth?, _ request: Gate.Request, _ policy: GatePolicy, _ now: Timestamp) {
        let place =
            "'\(request.service)'" + (request.environment.isEmpty ? "" : " in the environment '\(request.environment)'")
        guard let state else {
            missing.append("health: nothing is known of \(place)")
            return
        }
        judgeAlerts(state.alerts, policy, now)
        guard let last = state.lastSampleAt else {
            missing.append("health: there was no sample of \(place) yet")
            return
        }
        guard now - last <= policy.healthMaxAge else {
            missing.append(
                "health: the newest sample of \(place) is \(now - last) old, at most \(policy.healthMaxAge) count")
            return
        }
        guard state.readySeries > 0 else {
            missing.append("health: all \(state.warmingSeries) detectors of \(place) are warming up")
            return
        }
        if state.warmingSeries > 0 {
            missing.append("health: \(state.warmingSeries) detectors of \(place) are warming up")
        }
        judgeAnomalies(state, policy)
        let share = min(1, Double(state.anomalies.count) / Double(state.readySeries))
        health = Health(groups: [
            Health.Group(name: "alerts", score: Self.alertScore(state.alerts)),
            Health.Group(name: "anomalies", score: 100 * (1 - share)),
        ])
    }

    private mutating func judgeAlerts(_ alerts: [ServiceHealth.Alert], _ policy: GatePolicy, _ now: Timestamp) {
        let gravestFirst = alerts.sorted(by: Self.isGraver)
        for alert in gravestFirst.prefix(Self.namedAtMost) {
            let text =
                "alert '\(alert.name)' (\(alert.severity)) is \(alert.state) for \(max(.zero, now - alert.since))"
            add(Self.effect(of: alert, policy), text)
        }
        let others = gravestFirst.dropFirst(Self.namedAtMost)
        guard !others.isEmpty else { return }
        let gravest = others.map { Self.effect(of: $0, policy) }.max()
        add(gravest ?? .ignore, "and \(others.count) more \(others.count == 1 ? "alert" : "alerts")")
    }

    private static func effect(of alert: ServiceHealth.Alert, _ policy: GatePolicy) -> GatePolicy.Effect {
        switch (alert.state, alert.severity) {
        case (.firing, .critical): policy.criticalAlert
        case (.firing, .warning): policy.warningAlert
        case (.pending, _), (.firing, .info): .ignore
        }
    }

    private mutating func judgeAnomalies(_ state: ServiceHealth, _ policy: GatePolicy) {
        guard !state.anomalies.isEmpty else { return }
        add(
            policy.anomaly, "\(state.anomalies.count) of \(state.readySeries) series are anomalous",
            value: Double(state.anomalies.count), baseline: 0)
        for anomaly in state.anomalies.sorted(by: { $0.score > $1.score }).prefix(Self.namedAtMost) {
            add(
                .ignore, "\(anomaly.series) has the anomaly score \(NumberText.short(anomaly.score))",
                value: anomaly.score, baseline: 1)
        }
    }

    /// Adds a reason that leads to an effect.
    mutating func add(
        _ effect: GatePolicy.Effect, _ text: String, value: Double? = nil, baseline: Double? = nil
    ) {
        self.effect = max(self.effect, effect)
        reasons.append(Reason(text: text, value: value, baseline: baseline, weight: Self.weight(of: effect)))
    }

    /// What warns decides half as much as what fails; what is only shown decides nothing.
    private static func weight(of effect: GatePolicy.Effect) -> Double {
        switch effect {
        case .ignore: 0
        case .warn: 0.5
        case .fail: 1
        }
    }

    private static func alertScore(_ alerts: [ServiceHealth.Alert]) -> Double {
        let firing = alerts.filter { $0.state == .firing }
        if firing.contains(where: { $0.severity == .critical }) { return 0 }
        return firing.contains { $0.severity == .warning } ? scoreWithWarning : 100
    }

    /// Firing before pending, critical before warning before info, then the longer-lasting.
    private static func isGraver(_ left: ServiceHealth.Alert, _ right: ServiceHealth.Alert) -> Bool {
        func rank(_ alert: ServiceHealth.Alert) -> Int {
            let severity = ServiceHealth.Alert.Severity.allCases.firstIndex(of: alert.severity) ?? 0
            return (alert.state == .firing ? 0 : ServiceHealth.Alert.Severity.allCases.count) + severity
        }
        return (rank(left), left.since, left.name) < (rank(right), right.since, right.name)
    }
}
