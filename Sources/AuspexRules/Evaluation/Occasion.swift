import AuspexSignals

/// What an alert is about: one group of a rule, from when on, and the facts that show it.
struct Occasion {
    /// What the alert does.
    enum Step: Hashable, Sendable {
        case pending
        case firing(at: Timestamp)
        /// Without a firing time it never fired.
        case resolved(firedAt: Timestamp?, at: Timestamp)

        var state: Alert.State {
            switch self {
            case .pending: .pending
            case .firing: .firing
            case .resolved: .resolved
            }
        }

        var firedAt: Timestamp? {
            switch self {
            case .pending: nil
            case .firing(let time): time
            case .resolved(let time, at: _): time
            }
        }

        var resolvedAt: Timestamp? { if case .resolved(_, let time) = self { time } else { nil } }
    }

    /// The labels by which the rule groups.
    let group: Labels
    /// When the condition began to hold.
    let startedAt: Timestamp
    /// By the names of the conditions.
    let facts: [String: Fact]
    /// How many facts there were of conditions that count, by their names.
    var counts: [String: FactCount] = [:]
    /// For how long nothing had been heard of what it is about; nil unless that ended the alert.
    var silence: TimeSpan?

    /// The fact that made it true; of several of one moment that of the last name.
    var latest: (name: String, fact: Fact)? {
        facts.max { ($0.value.time, $0.key) < ($1.value.time, $1.key) }.map { ($0.key, $0.value) }
    }

    /// What the facts show, by the names of the conditions.
    var evidence: [String: Evidence] {
        var evidence = facts.mapValues { Evidence($0) }
        for (name, count) in counts { evidence[name]?.text += "; \(count.text)" }
        return evidence
    }
}

extension GroupState {
    /// What the group is about, for a condition called `name`.
    func occasion(_ name: String) -> Occasion {
        Occasion(group: group, startedAt: startedAt, facts: [name: fact], silence: silence)
    }

    /// What a transition is to the alert; nil for one that can't be.
    func step(_ transition: Transition) -> Occasion.Step {
        switch transition {
        case .pending: return .pending
        case .firing: return .firing(at: firedAt ?? startedAt)
        case .resolved:
            guard case .over(let end, _) = phase else { return .resolved(firedAt: firedAt, at: fact.time) }
            return .resolved(firedAt: firedAt, at: end)
        }
    }
}

extension CorrelationState.Match {
    /// What came together, for a key.
    func occasion(_ key: Labels) -> Occasion {
        Occasion(group: key, startedAt: time, facts: facts, counts: counts ?? [:], silence: silence)
    }
}

extension CorrelationState.Transition {
    var match: CorrelationState.Match {
        switch self {
        case .pending(let match), .firing(let match, at: _), .resolved(let match, firedAt: _, at: _): match
        }
    }

    var step: Occasion.Step {
        switch self {
        case .pending: .pending
        case .firing(_, let time): .firing(at: time)
        case .resolved(_, let firedAt, let time): .resolved(firedAt: firedAt, at: time)
        }
    }
}
