import AuspexSignals

extension ThrottleState {
    private typealias Moment = ThrottleWindow<Payload>.Moment

    /// Decides about an event. Windows of other keys are left alone, however old they are.
    mutating func decide(_ event: Event) -> [Outcome] {
        switch throttle.form {
        case .onceWithin(let length): return holdBack(event, length)
        case .onceAfter(let length): return gather(event, length)
        case .accumulate(within: let length, let threshold): return count(event, length, threshold)
        }
    }

    private mutating func holdBack(_ event: Event, _ length: TimeSpan) -> [Outcome] {
        if case .quiet(let since, let heldBack) = windows[event.key], event.time < since + length {
            windows[event.key] = .quiet(since: since, heldBack: heldBack + 1)
            statistics.heldBack += 1
            return []
        }
        let before = end(event.key, at: event.time)
        let room = keep(.quiet(since: event.time, heldBack: 0), for: event.key, at: event.time)
        return before + room + [release(event, at: event.time, count: 1, event.time...event.time)]
    }

    private mutating func gather(_ event: Event, _ length: TimeSpan) -> [Outcome] {
        if case .gathering(let first, let last, let count) = windows[event.key], event.time < first.time + length {
            // The window stays where it is, also when an event comes too late to have opened it.
            windows[event.key] = .gathering(first: first, last: max(last, event.time), count: count + 1)
            statistics.heldBack += 1
            return []
        }
        let before = end(event.key, at: event.time)
        return before + keep(.gathering(first: event, last: event.time, count: 1), for: event.key, at: event.time)
    }

    private mutating func count(_ event: Event, _ length: TimeSpan, _ threshold: Int) -> [Outcome] {
        var moments: [Moment] = []
        if case .counting(let known) = windows[event.key] { moments = known }
        let moment = Moment(time: event.time, id: event.id)
        guard !moments.contains(where: { $0.id == event.id }) else {
            statistics.duplicates += 1
            return []
        }
        moments.insert(moment, at: moments.firstIndex { moment.precedes($0) } ?? moments.count)
        let latest = moments.last?.time ?? event.time
        moments.removeAll { $0.time + length <= latest }
        guard moments.count >= threshold, let first = moments.first else {
            statistics.heldBack += 1
            return keep(.counting(moments), for: event.key, at: event.time)
        }
        forget(event.key)
        return [release(event, at: latest, count: moments.count, first.time...latest)]
    }

    /// Ends the window of a key, if there is one: what was gathered goes out.
    mutating func end(_ key: Labels, at moment: Timestamp) -> [Outcome] {
        guard let window = windows[key] else { return [] }
        forget(key)
        let end = min(moment, window.end(throttle.form.window))
        switch window {
        case .quiet(let since, let heldBack):
            guard heldBack > 0 else { return [] }
            return [.lapse(Outcome.Lapse(key: key, since: since, at: end, heldBack: heldBack))]
        case .gathering(let first, let last, let count):
            return [release(first, at: end, count: count, min(first.time, last)...last)]
        case .counting:
            return []
        }
    }

    private mutating func release(
        _ event: Event, at moment: Timestamp, count: Int, _ span: ClosedRange<Timestamp>
    ) -> Outcome {
        statistics.released += 1
        return .release(Outcome.Release(event: event, at: moment, count: count, span: span))
    }
}
