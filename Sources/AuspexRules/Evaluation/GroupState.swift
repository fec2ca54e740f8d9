import AuspexSignals

/// The alert of one rule and group as a state machine over values: pending → firing → (kept firing) → over.
///
/// Deadlines lie in event time and are passed by ``pass(before:)`` and ``pass(upTo:)``, never by the wall clock. The facts
/// of one moment count together, in whatever order they come: when one series of the group is well again at the moment at
/// which another one falls ill, the alert goes on. So an end is a deadline too, and takes effect when its moment is over.
struct GroupState: Hashable, Sendable, Codable {
    /// Where the alert stands.
    enum Phase: Hashable, Sendable, Codable {
        /// The condition holds and fires at `due`.
        case pending(due: Timestamp)
        /// The condition held when the last of its series fell silent or gave no answer; `remaining` has to pass with
        /// answers before it fires.
        case paused(remaining: TimeSpan)
        /// The condition ended at `at`, before it had held long enough; it would have fired at `due`.
        case lapsed(at: Timestamp, due: Timestamp)
        /// The condition has held long enough.
        case firing
        /// The condition has ended; the alert is over at `until` unless the condition holds again.
        case keeping(until: Timestamp)
        /// It is over; `silence` is for how long nothing had been heard of its last series, where that ended it.
        case over(at: Timestamp, silence: TimeSpan? = nil)
    }

    /// A series for which the condition holds.
    struct Member: Hashable, Sendable, Codable {
        /// The last fact about it.
        var time: Timestamp
        /// Whether it has fallen silent or given no answer since.
        var isLost = false
        /// Since when it has; nil when it has not.
        var lostAt: Timestamp?

        /// Since when nothing has been said of the condition; nil when the last fact said something.
        var silentSince: Timestamp? { isLost ? lostAt ?? time : nil }
    }

    /// What a step leads to.
    enum Transition: Hashable, Sendable {
        case pending
        case firing
        case resolved
    }

    /// What of the rule the machine needs.
    struct Timing: Hashable, Sendable {
        var hold: TimeSpan
        var keepFiring: TimeSpan
        var missingData: Rule.MissingData
        /// For how long the last answer of what is silent stands; nil for ever.
        var holdAtMost: TimeSpan?
        var isMomentary: Bool

        init(_ rule: Rule) {
            self.init(
                hold: rule.condition.hold, keepFiring: rule.condition.keepFiring, missingData: rule.missingData,
                holdAtMost: rule.holdAtMost(rule.condition), isMomentary: rule.condition.source.isMomentary)
        }

        init(
            hold: TimeSpan, keepFiring: TimeSpan, missingData: Rule.MissingData = .hold, holdAtMost: TimeSpan? = nil,
            isMomentary: Bool = false
        ) {
            self.hold = hold
            self.keepFiring = keepFiring
            self.missingData = missingData
            self.holdAtMost = holdAtMost
            self.isMomentary = isMomentary
        }
    }

    /// The group.
    let group: Labels
    /// When the condition began to hold.
    let startedAt: Timestamp
    /// When it had held long enough; nil if it has not.
    private(set) var firedAt: Timestamp?
    /// Where the alert stands.
    private(set) var phase: Phase
    /// The series for which the condition holds.
    private(set) var members: [SeriesID: Member] = [:]
    /// The last fact for which it held.
    private(set) var fact: Fact
    /// When the last of its series was heard of no more, where that ended the condition; nil otherwise.
    private var unheardSince: Timestamp?
    /// For how long the last answer of a silent series stands; nil for ever.
    private var holdAtMost: TimeSpan?
    /// None of its series has been silent since before this moment; nil when none is silent. A bound, so that the series
    /// need not be gone through for every fact.
    private var silentSince: Timestamp?

    /// The rule has the rest of it, or it follows from this; see ``follow(holdAtMost:)``.
    private enum CodingKeys: String, CodingKey {
        case group, startedAt, firedAt, phase, members, fact, unheardSince
    }

    /// The group begins with a fact for which the condition holds.
    static func begin(
        _ group: Labels, _ member: SeriesID, _ fact: Fact, timing: Timing
    ) -> (GroupState, [Transition]) {
        let due = fact.time + timing.hold
        var state = GroupState(group: group, startedAt: fact.time, phase: .pending(due: due), fact: fact)
        state.holdAtMost = timing.holdAtMost
        let transitions = state.holds(member, fact, timing: timing)
        return (state, transitions.isEmpty ? [.pending] : transitions)
    }

    private init(group: Labels, startedAt: Timestamp, phase: Phase, fact: Fact) {
        self.group = group
        self.startedAt = startedAt
        self.phase = phase
        self.fact = fact
    }

    /// Whether it is over and can be forgotten.
    var isOver: Bool { if case .over = phase { true } else { false } }

    /// For how long nothing had been heard of its last series; nil unless that ended it.
    var silence: TimeSpan? { if case .over(_, let silence) = phase { silence } else { nil } }

    /// When something will happen by itself, be it only that a series is looked at; nil for never.
    var deadline: Timestamp? { [phaseDeadline, silenceDeadline].compactMap { $0 }.min() }

    private var phaseDeadline: Timestamp? {
        switch phase {
        case .pending(let due): due
        case .lapsed(let end, due: _): end
        case .keeping(let until): until
        case .paused, .firing, .over: nil
        }
    }

    private var silenceDeadline: Timestamp? {
        guard !isOver, let silentSince, let holdAtMost else { return nil }
        return silentSince + holdAtMost
    }

    // MARK: Time

    /// Passes the deadlines that lie before `time`.
    mutating func pass(before time: Timestamp) -> [Transition] {
        pass { $0 < time }
    }

    /// Passes the deadlines at `time` or before it; all facts up to `time` must have been handed in.
    mutating func pass(upTo time: Timestamp) -> [Transition] {
        pass { $0 <= time }
    }

    private mutating func pass(while isDue: (Timestamp) -> Bool) -> [Transition] {
        var transitions: [Transition] = []
        while let deadline, isDue(deadline) {
            transitions += phaseDeadline == deadline ? passDeadline() : endSilence(at: deadline)
        }
        return transitions
    }

    private mutating func passDeadline() -> [Transition] {
        switch phase {
        case .pending(let due):
            phase = .firing
            firedAt = due
            return [.firing]
        case .lapsed(at: let end, due: _), .keeping(until: let end):
            phase = .over(at: end, silence: unheardSince.map { end - $0 })
            return [.resolved]
        case .paused, .firing, .over:
            return []
        }
    }

    /// Forgets series that have been silent for as long as their last answers stand; without any other it is over.
    private mutating func endSilence(at time: Timestamp) -> [Transition] {
        guard let holdAtMost else { return [] }
        members = members.filter { $0.value.silentSince.map { $0 + holdAtMost > time } ?? true }
        noteSilence()
        return members.isEmpty ? [end(at: time, silence: holdAtMost)] : []
    }

    private mutating func noteSilence() {
        silentSince = members.values.compactMap(\.silentSince).min()
    }

    // MARK: Facts

    /// What a rule says of a fact.
    mutating func answer(
        _ answer: RuleEvaluation.Answer, _ member: SeriesID, _ fact: Fact, timing: Timing
    ) -> [Transition] {
        switch answer {
        case .holds: return holds(member, fact, timing: timing)
        case .lost: return loses(member, fact, timing: timing)
        case .ended where members[member] != nil: return loses(member, fact, timing: timing)
        case .fails: fails(member, at: fact.time, isUnheard: fact.isUnheardOf, timing: timing)
        case .unknown: leavesOpen(member, at: fact.time)
        case .ended: break
        }
        return []
    }

    /// The condition holds for a series.
    mutating func holds(_ member: SeriesID, _ fact: Fact, timing: Timing) -> [Transition] {
        let time = fact.time
        if let known = members[member], known.time > time { return [] }
        members[member] = Member(time: time)
        unheardSince = nil
        if time >= self.fact.time { self.fact = fact }
        var transitions: [Transition] = []
        switch phase {
        case .paused(let remaining): phase = .pending(due: time + remaining)
        case .lapsed(at: _, let due): phase = .pending(due: due)
        case .keeping where !timing.isMomentary: phase = .firing
        case .keeping, .pending, .firing, .over: break
        }
        if case .pending(let due) = phase, due <= time { transitions = passDeadline() }
        if timing.isMomentary { keepFiring(member, after: fact, timing: timing) }
        return transitions
    }

    /// A moment is over as soon as it has been noted; what remains is for how long its alert fires, which one that comes
    /// late does not shorten.
    private mutating func keepFiring(_ member: SeriesID, after fact: Fact, timing: Timing) {
        members[member] = nil
        let until = fact.time + timing.keepFiring
        if case .keeping(let known) = phase, known >= until { return }
        phase = .keeping(until: until)
    }

    /// The condition does not hold for a series, or is taken not to because nothing is heard of that any more.
    mutating func fails(_ member: SeriesID, at time: Timestamp, isUnheard: Bool = false, timing: Timing) {
        guard let known = members[member], known.time <= time else { return }
        members[member] = nil
        guard members.isEmpty else { return pauseIfSilent(at: time) }
        unheardSince = isUnheard ? time : nil
        switch phase {
        case .pending(let due): phase = .lapsed(at: time, due: due)
        case .paused(let remaining): phase = .lapsed(at: time, due: time + remaining)
        case .firing: phase = .keeping(until: time + timing.keepFiring)
        case .lapsed, .keeping, .over: break
        }
    }

    /// A series has fallen silent.
    mutating func loses(_ member: SeriesID, _ fact: Fact, timing: Timing) -> [Transition] {
        let time = fact.time
        switch timing.missingData {
        case .resolve:
            fails(member, at: time, isUnheard: true, timing: timing)
        case .fire:
            return holds(member, fact, timing: timing)
        case .hold:
            // Whose check goes on coming to no result says nothing again with each of them.
            leavesOpen(member, at: time, goesOn: fact.isWithoutResult)
        }
        return []
    }

    /// A series says nothing of the condition: its last answer stands, and the time until the next one does not count.
    private mutating func leavesOpen(_ member: SeriesID, at time: Timestamp, goesOn: Bool = false) {
        guard let known = members[member], known.time <= time else { return }
        let start = goesOn ? known.silentSince ?? time : time
        members[member] = Member(time: time, isLost: true, lostAt: start)
        silentSince = min(silentSince ?? start, start)
        pauseIfSilent(at: time)
    }

    /// Moves the deadlines of a rule whose times have changed; one that would lie in the past is due now.
    mutating func follow(_ timing: Timing, insteadOf old: Timing, now: Timestamp) {
        func moved(_ deadline: Timestamp, _ from: TimeSpan, _ to: TimeSpan) -> Timestamp {
            from == to ? deadline : max(deadline + to - from, min(deadline, now))
        }
        switch phase {
        case .pending(let due): phase = .pending(due: moved(due, old.hold, timing.hold))
        case .paused(let remaining):
            let rest = remaining.milliseconds + timing.hold.milliseconds - old.hold.milliseconds
            phase = .paused(remaining: max(.zero, TimeSpan(milliseconds: rest)))
        case .lapsed(let end, let due): phase = .lapsed(at: end, due: moved(due, old.hold, timing.hold))
        case .keeping(let until): phase = .keeping(until: moved(until, old.keepFiring, timing.keepFiring))
        case .firing, .over: break
        }
        follow(holdAtMost: timing.holdAtMost)
    }

    /// Goes by another length of time for which the last answer of a silent series stands.
    mutating func follow(holdAtMost: TimeSpan?) {
        self.holdAtMost = holdAtMost
        noteSilence()
    }

    /// Ends the alert otherwise than by its condition, as when its rule is taken away.
    mutating func end(at time: Timestamp, silence: TimeSpan? = nil) -> Transition {
        phase = .over(at: max(time, startedAt), silence: silence)
        return .resolved
    }

    /// Stops the clock of a pending alert when none of its series gives an answer any more. One that has held long enough by
    /// now is not stopped.
    private mutating func pauseIfSilent(at time: Timestamp) {
        if case .pending(let due) = phase, due > time, members.values.allSatisfy(\.isLost) {
            phase = .paused(remaining: due - time)
        }
    }
}
