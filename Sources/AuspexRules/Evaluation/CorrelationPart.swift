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
    var deadline: Timestamp? { group?.deadline }

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

    /// Passes a deadline at `time` or before it.
    mutating func pass(upTo time: Timestamp) {
        guard var state = group else { return }
        note(state.pass(upTo: time), of: state)
        group = state.isOver ? nil : state
    }

    /// What the condition says of a fact.
    mutating func take(
        _ answer: RuleEvaluation.Answer, _ fact: Fact, of condition: Condition, missingData: Rule.MissingData,
        distinct: String?
    ) {
        guard !condition.source.isMomentary else {
            if answer == .holds { addMoment(fact, condition.count, distinct) }
            return
        }
        guard let count = condition.count else {
            return advance(answer, fact.member, fact, condition, missingData)
        }
        let member = fact.member
        var isReached = tally.isReached(count)
        switch answer {
        case .holds: isReached = tally.set(member, distinct, holds: true, at: fact.time, count)
        case .fails: isReached = tally.set(member, distinct, holds: false, at: fact.time, count)
        case .lost where missingData == .resolve:
            isReached = tally.set(member, distinct, holds: false, at: fact.time, count)
        case .lost where missingData == .fire:
            isReached = tally.set(member, distinct, holds: true, at: fact.time, count)
        case .ended where missingData == .resolve:
            isReached = tally.set(member, distinct, holds: false, at: fact.time, count)
        case .lost, .ended, .unknown: return
        }
        // Together they are one member: it holds while there are enough of them.
        advance(isReached ? .holds : .fails, Labels().id, fact, condition, .hold)
    }

    private mutating func addMoment(_ fact: Fact, _ count: CountRequirement?, _ distinct: String?) {
        if let count, !tally.add(distinct, at: fact.time, count) { return }
        add(Episode(start: fact.time, began: fact.time, end: fact.time, fact: fact))
    }

    private mutating func advance(
        _ answer: RuleEvaluation.Answer, _ member: SeriesID, _ fact: Fact, _ condition: Condition,
        _ missingData: Rule.MissingData
    ) {
        let timing = GroupState.Timing(
            hold: condition.hold, keepFiring: condition.keepFiring, missingData: missingData)
        if var state = group.take() {
            note(state.answer(answer, member, fact, timing: timing), of: state)
            group = state.isOver ? nil : state
        } else if answer == .holds || answer == .lost && missingData == .fire {
            let (state, transitions) = GroupState.begin(Labels(), member, fact, timing: timing)
            note(transitions, of: state)
            group = state
        }
    }

    private mutating func note(_ transitions: [GroupState.Transition], of state: GroupState) {
        for transition in transitions {
            switch transition {
            case .pending: break
            case .firing:
                let start = state.firedAt ?? state.startedAt
                add(Episode(start: start, began: state.startedAt, end: nil, fact: state.fact))
            case .resolved:
                guard state.firedAt != nil, case .over(let end) = state.phase,
                    let open = episodes.lastIndex(where: { $0.end == nil })
                else { continue }
                episodes[open].end = max(end, episodes[open].start)
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

    // MARK: Questions

    /// The episode in which the condition held last in the window from `start` to `end`.
    func episode(from start: Timestamp, to end: Timestamp) -> Episode? {
        episodes.last { $0.start <= end && ($0.end.map { $0 >= start } ?? true) }
    }

    /// The episode that began last in the window from `start` to `end`.
    func beginning(from start: Timestamp, to end: Timestamp) -> Episode? {
        episodes.filter { $0.began >= start && $0.began <= end }.max { $0.began < $1.began }
    }

    /// Whether the condition holds for what a fact is about.
    func holds(_ member: SeriesID) -> Bool { group?.members[member] != nil || tally.holds(member) }

    /// The latest fact for which the condition held; nil when it doesn't hold, or is a moment.
    var latestFact: Fact? { group.flatMap { $0.firedAt == nil ? nil : $0.fact } }
}
