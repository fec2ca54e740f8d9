import AuspexSignals

/// Lists of steps that are done at the same time. The main lane waits for all of them.
extension RunState {
    /// Begins the next step of a lane, or ends it.
    mutating func advance(inLane lane: String, _ now: Moment) -> [RunAction] {
        guard record.stopping == nil, let place = tree[lane]?.place,
            let entry = record.lastAttempt(at: lane), !entry.isSettled
        else { return laneOver(lane, now) }
        switch move(in: PlanTree.steps(in: place, choice: nil), now) ?? .close(place) {
        case .close(let place), .join(let place): return close(place, now)
        case .begin(let next):
            guard !mustWait(next.step) else {
                phases[lane] = .held(then: .advance)
                return []
            }
            guard hasLocks else { return lock(lane) }
            return begin(next, now)
        }
    }

    /// Goes on without a lane that has come to its end.
    private mutating func laneOver(_ lane: String, _ now: Moment) -> [RunAction] {
        phases[lane] = nil
        guard case .joining(let path) = mainPhase, let place = tree[path]?.place else { return [] }
        return join(place, now)
    }

    /// Begins as many lanes of a step as may be under way, and ends the step when all are over.
    mutating func join(_ place: Place, _ now: Moment) -> [RunAction] {
        guard case .parallel(let parallel) = place.step.action else { return advanceMain(now) }
        mainPhase = .joining(path: place.path)
        guard record.stopping == nil, record.ending == nil else {
            return lanes.isEmpty ? advance(Self.main, now) : []
        }
        let places = PlanTree.steps(in: place, choice: nil)
        let failed = places.count { record.hasFailed($0.path) }
        if failed >= parallel.maxErrors { leaveOutLanes(places, because: "\(failed) lanes failed", now) }
        var actions: [RunAction] = []
        for (index, lane) in places.enumerated() where lanes.count < parallel.maxConcurrency && isOpen(lane.path) {
            let batch = parallel.isCanary ? Self.batchStart(index) : 0
            guard phases[lane.path] == nil, places[..<batch].allSatisfy({ !isOpen($0.path) }) else { continue }
            guard !mustWait(nil), hasLocks else { break }
            if record.lastAttempt(at: lane.path)?.state == .intent {
                phases[lane.path] = .held(then: .advance)
                actions += advance(inLane: lane.path, now)
            } else {
                actions += begin(lane, now)
            }
        }
        guard lanes.isEmpty, places.allSatisfy({ !isOpen($0.path) }) else {
            // Locks that ran out while a person thought are taken again for the lanes that have not begun.
            return lanes.isEmpty && !hasLocks && !mustWait(nil) ? lock(Self.main) : actions
        }
        return actions + closeLanes(place, failed: failed, of: places, isOver: failed >= parallel.maxErrors, now)
    }

    private mutating func closeLanes(
        _ place: Place, failed: Int, of places: [Place], isOver: Bool, _ now: Moment
    ) -> [RunAction] {
        let skipped = places.count { record.lastAttempt(at: $0.path)?.state == .skipped }
        let parts = [failed > 0 ? "\(failed) failed" : nil, skipped > 0 ? "\(skipped) did not begin" : nil]
        let shortcomings = parts.compactMap { $0 }.joined(separator: ", ")
        let reason = shortcomings.isEmpty ? "" : "of \(places.count) lanes \(shortcomings)"
        let result = OperationResult(outcome: isOver ? .failed : .succeeded, reason: reason)
        return settle(place.path, isOver ? .failed : .done, result, now)
    }

    /// Whether the lane, or step, has not come to its end.
    private func isOpen(_ path: String) -> Bool { !(record.lastAttempt(at: path)?.isSettled ?? false) }

    /// The first lane of the batch that lane `index` is in: the batches have 1, 2, 4… lanes.
    static func batchStart(_ index: Int) -> Int {
        var (start, size) = (0, 1)
        while index >= start + size { (start, size) = (start + size, size * 2) }
        return start
    }

    /// Settles the lanes that have not begun, because none may begin any more.
    private mutating func leaveOutLanes(_ places: [Place], because reason: String, _ now: Moment) {
        for place in places where isOpen(place.path) && phases[place.path] == nil {
            guard record.lastAttempt(at: place.path)?.state != .intent else { continue }
            append(place.path, .read, state: .skipped, now)
            let index = record.steps.endIndex - 1
            record.steps[index].endedAt = now.wall
            record.steps[index].neverBegan = true
            record.steps[index].result = OperationResult(outcome: .cancelled, reason: reason)
        }
    }
}
