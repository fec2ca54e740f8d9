import AuspexSignals

/// What comes next.
extension RunState {
    typealias Place = PlanTree.Place

    /// What there is to do in a list of steps.
    enum Move: Hashable {
        /// A step is to begin, or to begin again.
        case begin(Place)
        /// All steps inside this one are settled.
        case close(Place)
        /// The lanes of this one are under way.
        case join(Place)
    }

    /// The places at the top of the section that the run is in, in order.
    var section: [Place] {
        func places(_ name: String) -> [Place] { tree.sections[name] ?? [] }
        // Nothing was done and nothing has to be put right; but whoever counts on it must hear.
        if record.ending != nil, endedInPreconditions {
            return (places(PlanTree.onCancel) + places(PlanTree.always)).filter(\.step.isNotice)
        }
        switch record.ending {
        case nil:
            let end = tree[PlanTree.verification].map { [$0.place] } ?? []
            return places(PlanTree.before) + places(PlanTree.again) + places(PlanTree.main) + end
        case .verified: return places(PlanTree.always)
        case .failed: return undoing + places(PlanTree.onFailure) + places(PlanTree.always)
        case .cancelled: return allowed(undoing + places(PlanTree.onCancel) + places(PlanTree.always))
        }
    }

    /// Those of the steps for an ending that may be done. Where a guard kept the run from changing anything, the ending
    /// changes nothing either: it passes no guard.
    private func allowed(_ places: [Place]) -> [Place] {
        guard record.blockedBy != nil, !record.mayHaveChanged else { return places }
        return places.filter { place in place.step.flattened.allSatisfy { !$0.isChange } }
    }

    /// Whether the run has begun with anything but its preconditions.
    var hasBegun: Bool { record.steps.contains { !Self.isPrecondition($0.path) } }

    private var endedInPreconditions: Bool {
        record.steps.contains { Self.isPrecondition($0.path) && $0.state != .done && $0.state != .skipped }
            && !record.steps.contains { PlanTree.section($0.path) == PlanTree.main }
    }

    static func isPrecondition(_ path: String) -> Bool {
        [PlanTree.before, PlanTree.again].contains(PlanTree.section(path))
    }

    /// What takes back what was done, newest first: the steps that began last are the first to be undone. What is known
    /// never to have happened is left alone.
    private var undoing: [Place] {
        var order: [String] = []
        var (known, mayHaveHappened): (Set<String>, Set<String>) = ([], [])
        for entry in record.steps where PlanTree.section(entry.path) == PlanTree.main {
            if known.insert(entry.path).inserted { order.append(entry.path) }
            if entry.mayHaveHappened { mayHaveHappened.insert(entry.path) }
        }
        return order.reversed().filter(mayHaveHappened.contains).flatMap(tree.undoing)
    }

    /// What is to be done in a list of steps; nil when all are settled, or may not begin any more.
    func move(in places: [Place], _ now: Moment) -> Move? {
        let latest = Dictionary(record.steps.map { ($0.path, $0) }) { $1 }
        return move(in: places, latest, isLate: isLate(now))
    }

    private func move(in places: [Place], _ latest: [String: StepRecord], isLate: Bool) -> Move? {
        for place in places {
            let entry = latest[place.path]
            if entry?.isSettled ?? false { continue }
            if isLate, !place.step.isNotice { continue }
            guard place.step.isComposite, let entry, entry.state == .intent else { return .begin(place) }
            if case .parallel = place.step.action { return .join(place) }
            let inner = PlanTree.steps(in: place, choice: entry.choice)
            return move(in: inner, latest, isLate: isLate) ?? .close(place)
        }
        return nil
    }

    /// Whether the step at `path`, or the one whose probe it is, belongs to the section that the run is in.
    func isInSection(_ path: String) -> Bool {
        guard let top = tree.ancestry(of: path).last?.path else { return false }
        return section.contains { $0.path == top }
    }

    // MARK: - Going on

    /// Begins whatever comes next in a lane: a look at what an earlier engine left open, a step, or the end.
    mutating func advance(_ lane: String, _ now: Moment) -> [RunAction] {
        if mustLook {
            let closed = openAttempts.filter { isClosed($0.path, now) }
            if !closed.isEmpty {
                let actions = settleOpen(closed.map(\.path), now)
                // A lane that has nothing open itself is over; only the others are waited for.
                let isOver = lane != Self.main && !closed.contains { self.lane(of: $0.path) == lane }
                return isOver ? actions + advance(inLane: lane, now) : actions
            }
            if hasLocks || needsNoLocks(now) { return look(now) }
        }
        // Lanes that had to wait for people's answers go on with this one, all together.
        if !lanes.isEmpty, !hasLocks, !isEnding, record.questions.isEmpty { return lock(lane) }
        return lane == Self.main ? advanceMain(now) : advance(inLane: lane, now)
    }

    /// Whether what comes next touches nothing that the locks are for: it looks whether the run may begin, or tells people
    /// how it ended.
    private func needsNoLocks(_ now: Moment) -> Bool {
        guard case .begin(let place)? = move(in: section, now) else { return false }
        return PlanTree.section(place.path) == PlanTree.before || record.ending != nil && place.step.isNotice
    }

    mutating func advanceMain(_ now: Moment) -> [RunAction] {
        heedStop(now)
        switch move(in: section, now) {
        case nil: return finish(now)
        case .close(let place): return close(place, now)
        case .join(let place): return join(place, now)
        case .begin(let place):
            guard hasLocks || needsNoLocks(now) else { return lock(Self.main) }
            guard !mustWait(place.step) else {
                mainPhase = .held(then: .advance)
                return closingTimer(now)
            }
            return closingTimer(now) + begin(place, now)
        }
    }

    mutating func finish(_ now: Moment) -> [RunAction] {
        heedStop(now)
        let ending = record.ending ?? .verified
        record.ending = ending
        record.status = ending.status
        record.standingSince = nil
        closeOpenComposites(now)
        let reason = ending.reason.map { ["reason": JSONValue.string(mask.masked($0))] } ?? [:]
        return commit(.state, "run.\(record.status.rawValue)", reason, then: .finish, now)
    }

    // MARK: - Locks

    /// Asks for the run's locks, without which `lane` cannot go on.
    mutating func lock(_ lane: String) -> [RunAction] {
        phases[lane] = .held(then: .advance)
        return askForLocks()
    }

    /// Asks for the run's locks; what has to wait for them goes on when they are there.
    mutating func askForLocks() -> [RunAction] {
        guard locking != .asked else { return [] }
        locking = .asked
        return [.acquireLocks(record.plan.locks, for: record.lockLength)]
    }

    mutating func locked(_ outcome: LockOutcome, _ now: Moment) -> [RunAction] {
        guard locking == .asked else { return [] }
        locking = .idle
        switch outcome {
        case .acquired:
            hasLocks = true
            let timer =
                record.ending == nil
                ? record.deadline.map { RunAction.setTimer(.deadline, $0.remaining(at: now)) } : nil
            return (timer.map { [$0] } ?? []) + release(now)
        case .held(let lock, let run):
            guard isEnding ? hasBegun : hasBegun || mustLook else {
                if !isEnding { record.stopping = .cancelled(reason: "lock \(lock) is held by run \(run)") }
                return endWithoutLocks(now)
            }
            guard isEnding else {
                return ask("run \(run) has taken lock \(lock) meanwhile; go on with this run?", about: nil, now)
            }
            // The steps that follow an ending change things, too.
            locking = .waiting
            return [.setTimer(.poll(lane: Self.main), Self.lockInterval)]
        }
    }

    /// Ends a run that has not begun and does not get its locks: nothing has to be put right, and people are told.
    private mutating func endWithoutLocks(_ now: Moment) -> [RunAction] {
        heedStop(now)
        record.closingDeadline = Deadline(start: now, length: .zero)
        return advance(Self.main, now)
    }
}
