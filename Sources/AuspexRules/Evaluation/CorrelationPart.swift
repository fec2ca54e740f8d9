import AuspexSignals

/// One condition of a rule that has several, for one key: when it held.
struct CorrelationPart: Hashable, Sendable, Codable {
    /// A time during which the condition held; a moment has its end where it begins.
    struct Episode: Hashable, Sendable, Codable {
        var start: Timestamp
        /// When the condition began to hold, which is before the start by the condition's `for`.
        var began: Timestamp
        /// Nil while it goes on.
        var end: Timestamp?
        /// The fact with which it began.
        var fact: Fact
        /// How many there were then; nil for a condition that doesn't count.
        var count: FactCount?
        /// For how long nothing had been heard of its last series; nil unless that ended it.
        var silence: TimeSpan?
    }

    /// The machine of a condition that lasts.
    private var group: GroupState?
    private var tally = Tally()
    /// In order of their beginnings.
    private(set) var episodes: [Episode] = []

    /// Of a sequence of moments the latest decide; more are not kept.
    static let mostEpisodes = 64

    /// Whether the condition holds now.
    var isActive: Bool { episodes.contains { $0.end == nil } }

    /// When something will happen by itself.
    func deadline(_ condition: Condition, _ rule: Rule) -> Timestamp? {
        let silence = tally.silentSince.flatMap { since in rule.holdAtMost(condition).map { since + $0 } }
        return [group?.deadline, silence].compactMap { $0 }.min()
    }

    /// When all that is remembered can be forgotten, if it need not be known for longer than `memory`; nil while something
    /// goes on, and when there is nothing.
    func expiry(_ memory: TimeSpan, _ condition: Condition) -> Timestamp? {
        guard !isActive else { return nil }
        let ends = episodes.compactMap(\.end).max().map { $0 + memory }
        let counted = tally.latestMoment.map { $0 + max(memory, condition.count?.within ?? .zero) }
        return [ends, counted].compactMap { $0 }.max()
    }

    /// Whether nothing is going on and nothing is remembered.
    var isEmpty: Bool { group == nil && episodes.isEmpty && tally.isEmpty }

    // MARK: Time and facts

    /// Passes the deadlines at `time` or before it.
    mutating func pass(upTo time: Timestamp, _ condition: Condition, _ rule: Rule) {
        if var state = group {
            note(state.pass(upTo: time), of: state, condition)
            group = state.isOver ? nil : state
        }
        if let count = condition.count, let holdAtMost = rule.holdAtMost(condition) {
            endSilence(at: time, count, condition, holdAtMost)
        }
    }

    /// Stops counting series that have been silent for as long as their last answers stand.
    private mutating func endSilence(
        at time: Timestamp, _ count: CountRequirement, _ condition: Condition, _ holdAtMost: TimeSpan
    ) {
        guard let since = tally.silentSince, since + holdAtMost <= time else { return }
        tally.endSilence(since: time - holdAtMost)
        guard !tally.isReached(count), var state = group.take() else { return }
        note([state.end(at: time, silence: holdAtMost)], of: state, condition)
    }

    /// What the condition says of a fact.
    mutating func take(
        _ answer: RuleEvaluation.Answer, _ fact: Fact, of condition: Condition, in rule: Rule, distinct: String?
    ) {
        guard !condition.source.isMomentary else {
            if answer == .holds { addMoment(fact, condition.count, distinct) }
            return
        }
        let member = fact.member
        guard let count = condition.count else {
            return advance(answer, member, fact, condition, rule.missingData, rule.holdAtMost(condition))
        }
        switch (answer, rule.missingData) {
        case (.holds, _), (.lost, .fire): tally.set(member, distinct, holds: true, at: fact.time)
        case (.fails, _), (.lost, .resolve), (.ended, .resolve):
            tally.set(member, distinct, holds: false, at: fact.time)
        case (.lost, .hold), (.ended, _), (.unknown, _):
            return tally.leaveOpen(member, at: fact.time, goesOn: fact.isWithoutResult)
        }
        // Together they are one member: it holds while there are enough of them.
        let isLost = answer == .lost || answer == .ended
        let rest: RuleEvaluation.Answer = isLost ? .lost : .fails
        advance(tally.isReached(count) ? .holds : rest, Labels().id, fact, condition, .resolve, nil)
    }

    private mutating func addMoment(_ fact: Fact, _ count: CountRequirement?, _ distinct: String?) {
        var episode = Episode(start: fact.time, began: fact.time, end: fact.time, fact: fact)
        if let count {
            let number = tally.add(distinct, at: fact.time, count)
            guard number >= count.atLeast else { return }
            episode.count = FactCount(number, count)
        }
        add(episode)
    }

    private mutating func advance(
        _ answer: RuleEvaluation.Answer, _ member: SeriesID, _ fact: Fact, _ condition: Condition,
        _ missingData: Rule.MissingData, _ holdAtMost: TimeSpan?
    ) {
        let timing = GroupState.Timing(
            hold: condition.hold, keepFiring: condition.keepFiring, missingData: missingData, holdAtMost: holdAtMost)
        if var state = group.take() {
            note(state.answer(answer, member, fact, timing: timing), of: state, condition)
            group = state.isOver ? nil : state
        } else if answer == .holds || answer == .lost && missingData == .fire {
            let (state, transitions) = GroupState.begin(Labels(), member, fact, timing: timing)
            note(transitions, of: state, condition)
            group = state
        }
    }

    private mutating func note(
        _ transitions: [GroupState.Transition], of state: GroupState, _ condition: Condition
    ) {
        for transition in transitions {
            switch transition {
            case .pending: break
            case .firing:
                var episode = Episode(
                    start: state.firedAt ?? state.startedAt, began: state.startedAt, end: nil, fact: state.fact)
                episode.count = seriesCount(condition)
                add(episode)
            case .resolved:
                guard state.firedAt != nil, case .over(let end, let silence) = state.phase,
                    let open = episodes.lastIndex(where: { $0.end == nil })
                else { continue }
                episodes[open].end = max(end, episodes[open].start)
                episodes[open].silence = silence
            }
        }
    }

    private mutating func add(_ episode: Episode) {
        let place = episodes.lastIndex { $0.start <= episode.start }.map { $0 + 1 } ?? 0
        episodes.insert(episode, at: place)
        if episodes.count > Self.mostEpisodes { episodes.removeFirst() }
    }

    /// Forgets what is over at `time` and need not be known for longer than `memory`.
    mutating func forget(at time: Timestamp, _ memory: TimeSpan, _ condition: Condition) {
        episodes.removeAll { $0.end.map { $0 + memory < time } ?? false }
        if let count = condition.count { tally.forget(upTo: time - (count.within ?? .zero)) }
    }

    /// Goes by the length of time for which its rule now has the last answer of a silent series stand.
    mutating func follow(_ condition: Condition, _ rule: Rule) {
        group?.follow(holdAtMost: condition.count == nil ? rule.holdAtMost(condition) : nil)
    }

    // MARK: Questions

    /// The episode in which the condition held last in the window from `start` to `end`.
    func episode(from start: Timestamp, to end: Timestamp) -> Episode? {
        episodes.last { $0.start <= end && ($0.end.map { $0 >= start } ?? true) }
    }

    /// The episode that began last in the window from `start` to `end`.
    func beginning(from start: Timestamp, to end: Timestamp) -> Episode? {
        episodes.filter { $0.began >= start && $0.began <= end }.max { $0.began < $1.began }
    }

    /// How many series, or different values, there are now; nil for a condition that doesn't count them.
    func seriesCount(_ condition: Condition) -> FactCount? {
        guard let count = condition.count, !condition.source.isMomentary else { return nil }
        return FactCount(tally.reached(count), count)
    }

    /// For how long nothing had been heard of the condition's last series; nil unless that ended it at `time`.
    func silence(at time: Timestamp) -> TimeSpan? {
        episodes.last { $0.end == time && $0.silence != nil }?.silence
    }

    /// Whether the condition holds for what a fact is about.
    func holds(_ member: SeriesID) -> Bool { group?.members[member] != nil || tally.holds(member) }

    /// The latest fact for which the condition held; nil when it doesn't hold, or is a moment.
    var latestFact: Fact? { group.flatMap { $0.firedAt == nil ? nil : $0.fact } }
}
