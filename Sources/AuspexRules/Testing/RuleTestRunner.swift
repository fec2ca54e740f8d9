import AuspexSignals

/// Runs the tests that are written beside the rules, with the same engine that runs the rules.
package enum RuleTestRunner {
    /// The results of all tests, in the order of the rules.
    ///
    /// - Parameter forecasting: Answers what rules ask of the future; each test begins with a copy. Nil for no answers.
    package static func run(
        _ ruleSet: RuleSet, forecasting: (any FactForecasting)? = nil
    ) -> [RuleTestResult] {
        ruleSet.rules.flatMap { rule in rule.tests.map { run($0, of: rule, in: ruleSet, forecasting) } }
    }

    private static func run(
        _ test: RuleTest, of rule: Rule, in ruleSet: RuleSet, _ forecasting: (any FactForecasting)?
    ) -> RuleTestResult {
        let tested = test.namedRules.union([rule.id])
        var course = Course(ruleSet.only(tested), forecasting)
        var failures: [RuleTestResult.Failure] = []
        var rest = test.facts[...]
        for checkpoint in test.checkpoints {
            let moment = GivenDecoder.start + checkpoint.at
            while let fact = rest.first, fact.time <= moment {
                course.take(fact)
                rest.removeFirst()
            }
            course.advance(to: moment)
            for message in course.differences(from: checkpoint, rule: rule.id) {
                failures.append(
                    RuleTestResult.Failure(location: checkpoint.location, message: "at \(checkpoint.at): \(message)"))
            }
        }
        return RuleTestResult(rule: rule.id, name: test.name, location: test.location, failures: failures)
    }
}

/// What has come of a test so far.
private struct Course {
    private var engine: RuleEngine
    private var forecasting: (any FactForecasting)?
    /// The moment up to which all facts have been handed in.
    private var moment = GivenDecoder.start
    /// The latest state of every alert, and all requests.
    private var alerts: [String: Alert] = [:]
    private var requests: [RunRequest] = []

    init(_ ruleSet: RuleSet, _ forecasting: (any FactForecasting)?) {
        engine = RuleEngine(ruleSet)
        self.forecasting = forecasting
    }

    mutating func take(_ fact: Fact) {
        // Time passes between facts, but the facts of one moment come together.
        let justBefore = fact.time - TimeSpan(milliseconds: 1)
        if fact.time > moment { advance(to: justBefore) }
        moment = max(moment, fact.time)
        note(engine.handle(forecast(fact), now: fact.time))
    }

    private mutating func forecast(_ fact: Fact) -> Fact {
        guard case .metric(var metric) = fact else { return fact }
        let questions = engine.ruleSet.forecasts.questions(ofMetric: metric.labels.name)
        guard !questions.isEmpty else { return fact }
        metric.forecasts = forecasting?.answers(to: questions, of: metric)
        return .metric(metric)
    }

    mutating func advance(to moment: Timestamp) {
        note(engine.advance(to: moment))
    }

    private mutating func note(_ events: [RuleEvent]) {
        for event in events {
            switch event {
            case .alert(let alert): alerts[alert.id] = alert
            case .request(let request): requests.append(request)
            }
        }
    }

    // MARK: Comparing

    func differences(from checkpoint: RuleTest.Checkpoint, rule: String) -> [String] {
        var differences: [String] = []
        if let expected = checkpoint.alerts { differences += alertDifferences(expected) }
        if let expected = checkpoint.requests { differences += requestDifferences(expected, rule: rule) }
        if !differences.isEmpty {
            for rule in engine.ruleSet.rules {
                guard let statistics = engine.statistics(of: rule.id) else { continue }
                if statistics.errors > 0 {
                    differences.append(
                        "\(rule.id) had \(statistics.errors) errors, the last one: \(statistics.lastError)")
                }
                if let reason = statistics.lastUndecided {
                    differences.append("\(rule.id) had \(statistics.undecided) facts without an answer: \(reason)")
                }
            }
        }
        return differences
    }

    /// Every expected alert needs one of its own, and every active one has to be expected.
    private func alertDifferences(_ expected: [RuleTest.ExpectedAlert]) -> [String] {
        var left = alerts.values.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        var missing: [RuleTest.ExpectedAlert] = []
        // The most special expectations choose first, so that a vague one can't take their alert.
        for expectation in expected.sorted(by: { $0.labels.pairs.count > $1.labels.pairs.count }) {
            if let place = left.lastIndex(where: { expectation.matches($0) }) {
                left.remove(at: place)
            } else {
                missing.append(expectation)
            }
        }
        let unexpected = left.filter { $0.state != .resolved }
        guard !missing.isEmpty || !unexpected.isEmpty else { return [] }
        let all = alerts.values.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        return missing.map { "expected alert \($0.text); got \(Self.list(all.map(\.text)))" }
            + unexpected.map { "got an alert that is not expected: \($0.text)" }
    }

    private func requestDifferences(_ expected: [RuleTest.ExpectedRequest], rule: String) -> [String] {
        var left = requests.filter { $0.rule == rule }
        var missing: [RuleTest.ExpectedRequest] = []
        for expectation in expected {
            if let place = left.firstIndex(where: { expectation.matches($0) }) {
                left.remove(at: place)
            } else {
                missing.append(expectation)
            }
        }
        let all = requests.filter { $0.rule == rule }.map(\.text)
        return missing.map { "expected request \($0.text); got \(Self.list(all))" }
            + (missing.isEmpty ? left.map { "got a request that is not expected: \($0.text)" } : [])
    }

    private static func list(_ texts: [String]) -> String {
        texts.isEmpty ? "none" : texts.joined(separator: ", ")
    }
}

extension RuleTest.ExpectedAlert {
    fileprivate func matches(_ alert: Alert) -> Bool {
        alert.rule == rule && alert.state == state && labels.pairs.allSatisfy { alert.labels[$0.name] == $0.value }
            && risk?.matches(alert.risk) ?? true
    }

    fileprivate var text: String { "\(rule) \(state.rawValue) \(labels)\(risk.map { " with risk \($0.text)" } ?? "")" }
}

extension RuleTest.ExpectedRisk {
    /// Scores are sums of what authors write, so nearly equal is equal.
    private static let tolerance = 1e-9

    fileprivate func matches(_ risk: RuleRisk?) -> Bool {
        guard let risk else { return false }
        return score.map { abs($0 - risk.score) <= Self.tolerance } ?? true && band.map { $0 == risk.band } ?? true
    }

    fileprivate var text: String {
        [score.map { "\($0)" }, band].compactMap { $0 }.joined(separator: " ")
    }
}

extension RuleTest.ExpectedRequest {
    fileprivate func matches(_ request: RunRequest) -> Bool {
        request.runbook == runbook && mode.map { $0 == request.mode } ?? true
            && parameters.map { $0.canonicalText == request.parameters.canonicalText } ?? true
    }

    fileprivate var text: String {
        "\(runbook) \(mode?.rawValue ?? "in any mode") with \(parameters?.canonicalText ?? "anything")"
    }
}

extension Alert {
    fileprivate var text: String {
        let since = TimeSpan(milliseconds: startedAt.milliseconds - GivenDecoder.start.milliseconds)
        let risk = risk.map { ", risk \($0.score) \($0.band)" } ?? ""
        return "\(rule) \(state.rawValue) \(labels) (since \(since)\(risk))"
    }
}

extension RunRequest {
    fileprivate var text: String { "\(runbook) \(mode.rawValue) with \(parameters.canonicalText)" }
}
