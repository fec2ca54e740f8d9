import AuspexSignals

/// A rule of several conditions for one key: waits until they have come together, and for how long they stay so.
///
/// The alert begins with the condition that comes last. It goes on for as long as those conditions that hold when it
/// begins do so; conditions that are moments, or over by then, only have to have happened. With `any` it goes on while one
/// of them holds. All of it is in event time; facts of one moment count together.
struct CorrelationState: Hashable, Sendable, Codable {
    /// Conditions that came together.
    struct Match: Hashable, Sendable, Codable {
        /// When the last of them did.
        var time: Timestamp
        /// The facts that show it, by the condition's name.
        var facts: [String: Fact]
        /// How many there were of conditions that count, by their names.
        var counts: [String: FactCount]?
        /// The conditions that have to go on.
        var lasting: Set<Int>
        /// For how long nothing had been heard of the last series of one of these; nil unless that ended it.
        var silence: TimeSpan?
    }

    enum Standing: Hashable, Sendable, Codable {
        case idle
        /// Until `due` something may happen that keeps the alert away.
        case waiting(Match, due: Timestamp)
        case active(Match, firedAt: Timestamp)
        /// The conditions have ended.
        case keeping(Match, firedAt: Timestamp, until: Timestamp)
    }

    /// What the alert does.
    enum Transition: Hashable, Sendable {
        case pending(Match)
        case firing(Match, at: Timestamp)
        /// Without a firing time it never fired.
        case resolved(Match, firedAt: Timestamp?, at: Timestamp)
    }

    let key: Labels
    private var parts: [CorrelationPart]
    private(set) var standing: Standing = .idle
    /// What began up to here has had its alert.
    private var consumed: Timestamp?

    init(key: Labels, conditions: Int) {
        self.key = key
        parts = Array(repeating: CorrelationPart(), count: conditions)
    }

    /// Whether nothing is going on and nothing is remembered.
    var isIdle: Bool { standing == .idle && parts.allSatisfy(\.isEmpty) }

    /// Whether a condition holds for what a fact is about.
    func holds(_ member: SeriesID, condition: Int) -> Bool { parts[condition].holds(member) }

    /// How its alert stands; nil while there is none.
    var step: Occasion.Step? {
        switch standing {
        case .idle: nil
        case .waiting: .pending
        case .active(_, let firedAt), .keeping(_, let firedAt, _): .firing(at: firedAt)
        }
    }

    /// What its alert is about.
    var occasion: Occasion {
        switch standing {
        case .idle: Occasion(group: key, startedAt: Timestamp(milliseconds: 0), facts: [:])
        case .waiting(let match, _), .active(let match, _), .keeping(let match, _, _): match.occasion(key)
        }
    }

    // MARK: Time and facts

    /// When something will happen by itself, be it only that it is forgotten.
    func deadline(_ rule: Rule) -> Timestamp? {
        var deadlines = zip(parts, rule.conditions).compactMap { $0.deadline($1, rule) }
        switch standing {
        case .idle:
            let memory = rule.correlation?.memory(rule.conditions) ?? .zero
            deadlines += zip(parts, rule.conditions).compactMap { $0.expiry(memory, $1).map { $0 + Self.step } }
        case .waiting(_, let due): deadlines.append(due)
        case .active: break
        case .keeping(_, _, let until): deadlines.append(until)
        }
        return deadlines.min()
    }

    private static let step = TimeSpan(milliseconds: 1)

    /// Passes what is due before `time`.
    mutating func pass(before time: Timestamp, _ rule: Rule) -> [Transition] {
        pass(upTo: time - Self.step, rule)
    }

    /// Passes what is due at `time` or before it, each at its own moment.
    mutating func pass(upTo time: Timestamp, _ rule: Rule) -> [Transition] {
        guard let correlation = rule.correlation else { return [] }
        let memory = correlation.memory(rule.conditions)
        var transitions: [Transition] = []
        // What is due at the end of time never passes: there is no moment after it.
        while let moment = deadline(rule), moment <= time, moment.milliseconds < .max {
            for index in parts.indices { parts[index].pass(upTo: moment, rule.conditions[index], rule) }
            transitions += settle(at: moment, rule, correlation)
            transitions += passDeadline(at: moment, rule, correlation)
            for index in parts.indices { parts[index].forget(at: moment, memory, rule.conditions[index]) }
        }
        return transitions
    }

    /// What the conditions say of a fact; all that is due before it must have been passed.
    mutating func take(
        _ answer: RuleEvaluation.Answer, _ fact: Fact, of condition: Int, in rule: Rule, distinct: String?
    ) -> [Transition] {
        guard let correlation = rule.correlation else { return [] }
        parts[condition].take(answer, fact, of: rule.conditions[condition], in: rule, distinct: distinct)
        return settle(at: fact.time, rule, correlation)
    }

    /// Ends the alert from outside; nil when there is none.
    mutating func end(at time: Timestamp) -> Transition? {
        defer { standing = .idle }
        switch standing {
        case .idle: return nil
        case .waiting(let match, _): return .resolved(match, firedAt: nil, at: max(time, match.time))
        case .active(let match, let firedAt), .keeping(let match, let firedAt, _):
            return .resolved(match, firedAt: firedAt, at: max(time, match.time))
        }
    }

    /// Goes on under a rule that has been read again, with the same conditions.
    func following(_ rule: Rule) -> CorrelationState {
        var state = self
        for (place, condition) in zip(parts.indices, rule.conditions) { state.parts[place].follow(condition, rule) }
        return state
    }

    // MARK: Standing

    private mutating func settle(at time: Timestamp, _ rule: Rule, _ correlation: Correlation) -> [Transition] {
        switch standing {
        case .idle:
            guard let match = match(at: time, rule, correlation) else { return [] }
            return begin(match, rule, correlation)
        case .waiting(let match, let due):
            guard hasHappened(from: match.time, to: due, correlation) || hasEnded(match, correlation) else { return [] }
            return resolve(match, firedAt: nil, at: time)
        case .active(let match, let firedAt):
            guard !hasFollowed(match, firedAt, at: time, correlation) else {
                return resolve(match, firedAt: firedAt, at: time)
            }
            return goOn(match, firedAt, at: time, correlation)
        case .keeping(let match, let firedAt, let until):
            guard !hasFollowed(match, firedAt, at: time, correlation) else {
                return resolve(match, firedAt: firedAt, at: time)
            }
            guard let next = self.match(at: time, rule, correlation), !isSuppressed(next, correlation) else {
                return []
            }
            return goOn(with: next, insteadOf: match, firedAt, until: until, correlation)
        }
    }

    private mutating func begin(_ match: Match, _ rule: Rule, _ correlation: Correlation) -> [Transition] {
        guard !isSuppressed(match, correlation) else {
            consumed = match.time
            return []
        }
        guard let wait = correlation.absence?.wait else { return fire(match, at: match.time, rule, correlation) }
        standing = .waiting(match, due: match.time + wait)
        return [.pending(match)]
    }

    private mutating func fire(
        _ match: Match, at time: Timestamp, _ rule: Rule, _ correlation: Correlation
    ) -> [Transition] {
        var match = match
        match.lasting = match.lasting.filter { parts[$0].isActive }
        // What is decided now is decided by how things stand now.
        for place in match.lasting {
            let condition = rule.conditions[place]
            if let fact = parts[place].latestFact { match.facts[condition.name] = fact }
            if let count = parts[place].seriesCount(condition) { match.counts?[condition.name] = count }
        }
        consumed = max(match.time, consumed ?? match.time)
        standing =
            match.lasting.isEmpty
            ? .keeping(match, firedAt: time, until: time + correlation.momentaryFiring)
            : .active(match, firedAt: time)
        return [.firing(match, at: time)]
    }

    /// The alert while its conditions hold.
    private mutating func goOn(
        _ match: Match, _ firedAt: Timestamp, at time: Timestamp, _ correlation: Correlation
    ) -> [Transition] {
        var match = match
        if correlation.form == .any {
            for index in parts.indices where parts[index].isActive { match.lasting.insert(index) }
            match.lasting = match.lasting.filter { parts[$0].isActive }
        }
        guard hasEnded(match, correlation) else {
            standing = .active(match, firedAt: firedAt)
            return []
        }
        match.silence = parts.compactMap { $0.silence(at: time) }.max()
        guard correlation.keepFiring > .zero else { return resolve(match, firedAt: firedAt, at: time) }
        standing = .keeping(match, firedAt: firedAt, until: time + correlation.keepFiring)
        return []
    }

    /// The conditions came together again while the alert was still kept firing.
    private mutating func goOn(
        with next: Match, insteadOf match: Match, _ firedAt: Timestamp, until: Timestamp, _ correlation: Correlation
    ) -> [Transition] {
        var match = match
        match.lasting = next.lasting
        match.silence = nil
        consumed = next.time
        standing =
            next.lasting.isEmpty
            ? .keeping(match, firedAt: firedAt, until: max(until, next.time + correlation.momentaryFiring))
            : .active(match, firedAt: firedAt)
        return []
    }

    private mutating func passDeadline(
        at time: Timestamp, _ rule: Rule, _ correlation: Correlation
    ) -> [Transition] {
        switch standing {
        case .waiting(let match, let due) where due <= time: return fire(match, at: due, rule, correlation)
        case .keeping(let match, let firedAt, let until) where until <= time:
            return resolve(match, firedAt: firedAt, at: until)
        default: return []
        }
    }

    private mutating func resolve(_ match: Match, firedAt: Timestamp?, at time: Timestamp) -> [Transition] {
        standing = .idle
        consumed = parts.reduce(max(match.time, consumed ?? match.time)) { latest, part in
            part.episodes.last.map { max(latest, $0.start) } ?? latest
        }
        return [.resolved(match, firedAt: firedAt, at: max(time, firedAt ?? time))]
    }

    // MARK: Coming together

    /// What has come together at `time` and has had no alert; nil if nothing has.
    private func match(at time: Timestamp, _ rule: Rule, _ correlation: Correlation) -> Match? {
        let places = rule.positives.indices
        let found: [Int: CorrelationPart.Episode]? =
            switch correlation.form {
            case .all: all(places, at: time, correlation.within)
            case .any: any(places, at: time)
            case .sequence: sequence(places, at: time, correlation.within, rule)
            }
        guard let found, let moment = found.values.map(\.start).max(), consumed.map({ moment > $0 }) ?? true else {
            return nil
        }
        let lasting = found.filter { $0.value.end == nil }.keys
        var match = Match(time: moment, facts: [:], counts: [:], lasting: Set(lasting))
        for (place, episode) in found {
            match.facts[rule.conditions[place].name] = episode.fact
            match.counts?[rule.conditions[place].name] = episode.count
        }
        return match
    }

    private func all(_ places: Range<Int>, at time: Timestamp, _ within: TimeSpan) -> [Int: CorrelationPart.Episode]? {
        var found: [Int: CorrelationPart.Episode] = [:]
        for place in places {
            guard let episode = parts[place].episode(from: time - within, to: time) else { return nil }
            found[place] = episode
        }
        return found
    }

    private func any(_ places: Range<Int>, at time: Timestamp) -> [Int: CorrelationPart.Episode]? {
        var found: [Int: CorrelationPart.Episode] = [:]
        for place in places { found[place] = parts[place].episode(from: time, to: time) }
        return found.isEmpty ? nil : found
    }

    /// Each has begun, before its `for`, after the one before it. Backwards from the end: of each condition the latest beginning before that of the next, which leaves the most room
    /// for those before it.
    private func sequence(
        _ places: Range<Int>, at time: Timestamp, _ within: TimeSpan, _ rule: Rule
    ) -> [Int: CorrelationPart.Episode]? {
        var found: [Int: CorrelationPart.Episode] = [:]
        // The hold of the last condition comes on top of the window.
        let hold = rule.conditions[places.upperBound - 1].hold
        var (start, end) = (time - within - hold, time)
        for place in places.reversed() {
            guard let episode = parts[place].beginning(from: start, to: end) else { return nil }
            if found.isEmpty { start = episode.began - within }
            found[place] = episode
            end = episode.began
        }
        return found
    }

    /// Whether a condition that has to go on has ended; with `any`, whether all have.
    private func hasEnded(_ match: Match, _ correlation: Correlation) -> Bool {
        guard correlation.form != .any else { return match.lasting.isEmpty }
        return match.lasting.contains { !parts[$0].isActive }
    }

    /// Whether what did not follow in time has followed after all.
    private func hasFollowed(
        _ match: Match, _ firedAt: Timestamp, at time: Timestamp, _ correlation: Correlation
    ) -> Bool {
        correlation.absence?.wait != nil && hasHappened(from: match.time, to: max(time, firedAt), correlation)
    }

    /// Whether what must not happen has happened after `start`.
    private func hasHappened(from start: Timestamp, to end: Timestamp, _ correlation: Correlation) -> Bool {
        guard correlation.absence != nil, let last = parts.last else { return false }
        return last.episode(from: start + Self.step, to: end) != nil
    }

    /// Whether what must not have happened had happened before.
    private func isSuppressed(_ match: Match, _ correlation: Correlation) -> Bool {
        guard let absence = correlation.absence, absence.side != .after, let last = parts.last else { return false }
        return last.episode(from: match.time - absence.within, to: match.time) != nil
    }
}
