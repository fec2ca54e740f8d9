package import AuspexExpressions
package import AuspexSignals

extension Verification {
    /// What is known about one reading in a condition.
    private static let reading = CELShape.object([
        "value": .double, "anomaly_score": .double, "p_value": .double, "raw_score": .double, "expected": .double,
        "lower": .double, "upper": .double, "age_s": .double, "labels": .map(of: .string),
    ])

    /// What a condition may refer to: each name of `readings` as a list of readings, `params`, and `steps` with these
    /// ids; nil for any.
    package static func environment(readings: some Sequence<String>, steps: [String]? = nil) -> CELEnvironment {
        var variables = StepFacts.environment(steps: steps).variables
        for name in readings { variables[name] = .list(of: reading) }
        return CELEnvironment(variables: variables)
    }

    /// Whether a verification holds at one moment.
    package enum Finding: Hashable, Sendable {
        /// It does, by data that reaches as far as this: the oldest of what was seen last of each series and rule.
        case holds(upTo: Timestamp)
        /// It does not, or nobody can tell.
        case fails(reason: String)
    }

    /// Since when what was seen counts for a verification that began at `begun`: what must hold before anything is done is
    /// judged by what was seen before that.
    func start(begunAt begun: Timestamp) -> Timestamp { within == .zero ? begun - maxAge : begun }

    /// Whether the verification holds at this moment.
    ///
    /// Only what was seen after `start` counts, and only what is fresh: a source that fell silent has not recovered. So
    /// every series must have a fresh reading that was live when the verification began, or not longer than `max_age`
    /// before, or has been seen since; those that had been silent for longer do not matter. A reading of a detector
    /// that is warming up counts by its value, and its scores are left out.
    ///
    /// - Parameters:
    ///   - observation: What the detectors and rules say.
    ///   - parameters: The run's parameters.
    ///   - steps: What is known of the steps before it, by their ids.
    ///   - start: When the verification began.
    ///   - change: When the run began to change something; nil where it has not.
    ///   - now: The present.
    package func finding(
        in observation: Observation, parameters: [String: JSONValue], steps: CELValue = .map([:]),
        since start: Timestamp, changedAt change: Timestamp? = nil, now: Timestamp
    ) -> Finding {
        var evidence = now
        var variables: [String: CELValue] = ["params": CELValue(.object(parameters)), "steps": steps]
        for (name, selector) in readings.sorted(by: { $0.key < $1.key }) {
            let live = (observation.readings[name] ?? []).filter { $0.reading.time >= start - maxAge }
            guard let oldest = live.map(\.reading.time).min() else {
                return .fails(reason: "no fresh reading for '\(name)' (\(selector))")
            }
            if let silent = live.first(where: { !isUsable($0, since: start, now: now) }) {
                return .fails(reason: "no fresh reading for '\(name)' of \(silent.labels)")
            }
            evidence = min(evidence, oldest)
            variables[name] = CELValue(.array(live.map { Self.json(of: $0, now: now) }))
        }
        guard observation.alerts.count == clearAlerts.count else {
            return .fails(reason: "the state of the alerts is not known")
        }
        for (selector, alert) in zip(clearAlerts, observation.alerts) {
            if alert.state == .pending || alert.state == .firing {
                return .fails(reason: "alert \(selector) is \(alert.state.rawValue)")
            }
            guard let evaluated = alert.evaluatedAt, alert.state == .clear else {
                let reason = alert.reason.map { ": \($0)" } ?? ""
                return .fails(reason: "the state of alert \(selector) is not known\(reason)")
            }
            guard evaluated >= start, now - evaluated <= maxAge else {
                return .fails(reason: "alert \(selector) has not been looked at since the verification began")
            }
            if let end = alert.unheard.first(where: { $0.at >= change ?? start }) {
                let alert = Selector(metric: selector.rule, labels: end.labels.dictionary)
                return .fails(reason: "alert \(alert) is over only because nothing is heard of it any more")
            }
            evidence = min(evidence, evaluated)
        }
        if let calmService {
            guard let firings = observation.firings else {
                return .fails(reason: "it is not known whether \(calmService) has new alerts")
            }
            let new = firings.alerts.filter { $0.at >= change ?? start }.min { ($0.at, $0.rule) < ($1.at, $1.rule) }
            if let new {
                return .fails(reason: "\(calmService) has a new alert: \(new.rule) began to fire at \(new.at)")
            }
            guard let evaluated = firings.evaluatedAt else {
                return .fails(
                    reason: "\(calmService) sends nothing, so that it is not known whether it has new alerts")
            }
            guard evaluated >= start, now - evaluated <= maxAge else {
                return .fails(reason: "nothing new has been heard of \(calmService) since the verification began")
            }
            evidence = min(evidence, evaluated)
        }
        guard let condition else { return .holds(upTo: evidence) }
        do {
            let program = try CELProgram(
                compiling: condition, environment: Self.environment(readings: readings.keys), expecting: .bool)
            let holds = try program.holds(variables: variables)
            return holds ? .holds(upTo: evidence) : .fails(reason: "'\(condition)' does not hold")
        } catch {
            return .fails(reason: "'\(condition)' cannot be evaluated: \(error)")
        }
    }

    private func isUsable(_ series: Observation.SeriesReading, since start: Timestamp, now: Timestamp) -> Bool {
        let reading = series.reading
        return !series.hasEnded && reading.readiness != .missing && reading.value.isFinite && reading.time >= start
            && now - reading.time <= maxAge
    }

    /// A reading as a condition sees it.
    private static func json(of series: Observation.SeriesReading, now: Timestamp) -> JSONValue {
        let reading = series.reading
        var labels: [String: JSONValue] = [:]
        for label in series.labels.pairs { labels[label.name] = .string(label.value) }
        var members: [String: JSONValue] = [
            "value": .double(reading.value), "age_s": .double(Double((now - reading.time).milliseconds) / 1_000),
            "labels": .object(labels),
        ]
        if reading.readiness == .ready {
            members["anomaly_score"] = .double(reading.anomalyScore)
            members["p_value"] = .double(reading.pValue)
            members["raw_score"] = .double(reading.rawScore)
        }
        if let expectation = reading.expectation {
            members["expected"] = .double(expectation.value)
            members["lower"] = .double(expectation.lower)
            members["upper"] = .double(expectation.upper)
        }
        return .object(members)
    }
}

extension Verification.AlertSelector: CustomStringConvertible {
    /// `disk-full{instance="db1"}`.
    package var description: String { Verification.Selector(metric: rule, labels: labels).description }
}

extension Verification.Selector: CustomStringConvertible {
    /// `up{instance="db1"}`.
    package var description: String {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
        return pairs.isEmpty ? metric : "\(metric){\(pairs.joined(separator: ", "))}"
    }
}
