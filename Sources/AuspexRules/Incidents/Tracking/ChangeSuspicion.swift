import AuspexSignals

/// How much a change is suspected of having led to an alert: a product of four factors, each from 0 to 1.
///
/// | factor | value |
/// |---|---|
/// | time | h / (h + age), h = 30 min, where age is the time from the end of the change (its start, if it had not ended) to the first alert: 1 at once, 0.5 after half an hour, 0.2 after two hours |
/// | distance | 1 for the service itself, 0.6 for each step along its dependencies |
/// | kind | deploy 1, config 0.9, flag 0.8: how much a change of this kind usually touches |
/// | outcome | failure 1 (it may be half done), pending 0.9, success 0.8, rolled back 0.6 (what it did is undone) |
///
/// The factors are judgement, not measurement: they order the suspects, and are no probability.
struct ChangeSuspicion {
    static let halvingAge = TimeSpan.minutes(30)
    static let factorPerStep = 0.6

    /// How far back changes are suspected.
    let lookback: TimeSpan

    /// The suspicion of `change` for an incident whose first alert fired at `first`; nil when it was not within ``lookback``
    /// before that.
    func suspect(_ change: Change, service: String, distance: Int, first: Timestamp) -> SuspectedChange? {
        guard let moment = Self.moment(of: change, before: first) else { return nil }
        let age = first - moment
        guard age <= lookback else { return nil }
        let half = Double(Self.halvingAge.milliseconds)
        let score =
            half / (half + Double(age.milliseconds)) * Self.factor(distance: distance) * Self.factor(change.kind)
            * Self.factor(change.outcome)
        return SuspectedChange(
            change: change, service: service, distance: distance, score: score,
            evidence: Self.evidence(change, service, distance, age, hasEnded: change.endedAt == moment))
    }

    /// When the change could begin to do harm: the later of its ends that lies before `first`.
    private static func moment(of change: Change, before first: Timestamp) -> Timestamp? {
        if let end = change.endedAt, end <= first { return end }
        return change.startedAt <= first ? change.startedAt : nil
    }

    private static func factor(distance: Int) -> Double {
        (0..<max(0, distance)).reduce(1) { factor, _ in factor * factorPerStep }
    }

    private static func factor(_ kind: Change.Kind) -> Double {
        switch kind {
        case .deploy: 1
        case .config: 0.9
        case .flag: 0.8
        }
    }

    private static func factor(_ outcome: Change.Outcome) -> Double {
        switch outcome {
        case .failure: 1
        case .pending: 0.9
        case .success: 0.8
        case .rolledBack: 0.6
        }
    }

    private static func evidence(
        _ change: Change, _ service: String, _ distance: Int, _ age: TimeSpan, hasEnded: Bool
    ) -> String {
        let act = hasEnded ? "ended" : "began"
        let relation = distance == 0 ? "" : "; \(service) depends on it, \(steps(distance))"
        let outcome =
            switch change.outcome {
            case .pending: "; not known to have ended"
            case .success: ""
            case .failure: "; it failed"
            case .rolledBack: "; it was rolled back"
            }
        return "\(name(of: change)) \(act) \(age) before the first alert\(relation)\(outcome)"
    }

    /// `deploy of db to 1.2.3`.
    static func name(of change: Change) -> String {
        let version = change.version.isEmpty ? "" : " to \(change.version)"
        return "\(change.kind.rawValue) of \(change.service)\(version)"
    }

    /// `1 step`, `2 steps`.
    static func steps(_ count: Int) -> String { count == 1 ? "1 step" : "\(count) steps" }
}
