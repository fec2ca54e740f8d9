import AuspexSignals

/// What happens by itself when time passes.
extension RuleEngine {
    /// Something that is due: what a group does or, after all groups of its moment, what a throttle lets go.
    private struct Due: Comparable {
        var deadline: Timestamp
        var place: Int
        /// Nil for the rule's throttle.
        var group: Labels?
        private let order: String

        init(_ deadline: Timestamp, place: Int, group: Labels?) {
            self.deadline = deadline
            self.place = place
            self.group = group
            order = group?.description ?? ""
        }

        static func < (left: Due, right: Due) -> Bool {
            (left.deadline, left.group == nil ? 1 : 0, left.place, left.order)
                < (right.deadline, right.group == nil ? 1 : 0, right.place, right.order)
        }
    }

    /// Passes all deadlines up to `end`, each at its own moment, so that it makes no difference in how many leaps time
    /// passes.
    mutating func passDeadlines(upTo end: Timestamp) -> [RuleEvent] {
        guard let nextDeadline, nextDeadline <= end else { return [] }
        var due = MinHeap<Due>()
        for place in states.indices {
            for group in states[place].groups.keys { note(group, at: place, in: &due, upTo: end) }
            for group in states[place].correlations.keys { note(group, at: place, in: &due, upTo: end) }
            noteThrottle(at: place, in: &due, upTo: end)
        }
        var events: [RuleEvent] = []
        while let first = due.popFirst() {
            if let group = first.group {
                events += pass(group, at: first.place, first.deadline, end)
                note(group, at: first.place, in: &due, upTo: end)
            } else {
                let released = states[first.place].passThrottle(upTo: first.deadline)
                events += released.flatMap { letGo($0, at: first.place) }
            }
            noteThrottle(at: first.place, in: &due, upTo: end)
        }
        self.nextDeadline = earliestDeadline
        return events
    }

    /// A rule that holds facts back goes by a clock that is late.
    private func clock(at place: Int, _ time: Timestamp) -> Timestamp { time - ruleSet.rules[place].allowLate }

    private func note(_ group: Labels, at place: Int, in due: inout MinHeap<Due>, upTo end: Timestamp) {
        let state = states[place]
        let deadline =
            state.groups[group].map(\.deadline) ?? state.correlations[group]?.deadline(ruleSet.rules[place])
        // What is due at the end of time never passes: there is no moment after it.
        guard let deadline, deadline <= clock(at: place, end), deadline.milliseconds < .max else { return }
        due.insert(Due(deadline, place: place, group: group))
    }

    private func noteThrottle(at place: Int, in due: inout MinHeap<Due>, upTo end: Timestamp) {
        guard let deadline = states[place].throttle?.nextDeadline, deadline <= clock(at: place, end) else { return }
        due.insert(Due(deadline, place: place, group: nil))
    }

    /// Passes what is due of a group at `moment`.
    private mutating func pass(_ group: Labels, at place: Int, _ moment: Timestamp, _ end: Timestamp) -> [RuleEvent] {
        if var state = states[place].groups.removeValue(forKey: group) {
            let transitions = state.pass(upTo: moment)
            return settle(state, transitions, at: place, now: end)
        }
        let rule = ruleSet.rules[place]
        guard var state = states[place].correlations.removeValue(forKey: group) else { return [] }
        let transitions = state.pass(upTo: moment, rule)
        let ends = transitions.isEmpty ? [] : state.ends(upTo: clock(at: place, end), rule)
        return settle(state, transitions, at: place, now: end, history: ends)
    }
}

extension CorrelationState {
    /// The beginnings of alerts that will be over at `time` if nothing else comes.
    fileprivate func ends(upTo time: Timestamp, _ rule: Rule) -> Set<Timestamp> {
        var ahead = self
        let resolved = ahead.pass(upTo: time, rule).filter { $0.step.state == .resolved }
        return Set(resolved.map(\.match.time))
    }
}
