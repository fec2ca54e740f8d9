package import AuspexSignals

/// Throttles events in event time. A value: what comes out depends on what was handed in, never on a clock.
///
/// With an `allowLate` of zero an event is decided when it is handed in, unless it is told to wait. Otherwise it waits until ``advance(to:)`` has
/// passed its time by `allowLate`, and events are then decided in order of their times: whatever order they come in, as
/// long as none is later than that, the outcome is the same. An event that is later is decided at once, by the window that
/// is open.
///
/// The bounds rather tell too much than too little: where too many events wait, the oldest is decided early; where there are
/// too many keys, what the oldest gathered goes out, and what it held back is let through again. Only what it counted
/// towards a threshold is lost. An event costs logarithmic time in the number of keys, and linear time in that of the
/// events that wait and of those that are counted under its key.
package struct ThrottleState<Payload: Hashable & Sendable & Codable>: Sendable {
    package typealias Event = ThrottleEvent<Payload>
    package typealias Outcome = ThrottleOutcome<Payload>

    /// Keys that are remembered at a time; beyond, the one whose window ends first is forgotten.
    package static var mostKeys: Int { 10_000 }
    /// Events that may wait; beyond, the oldest is decided early.
    package static var mostWaiting: Int { 10_000 }

    /// The throttle.
    package private(set) var throttle: Throttle
    /// How long an event waits for earlier ones.
    package private(set) var allowLate: TimeSpan
    /// How it went.
    package internal(set) var statistics = ThrottleStatistics()

    /// Events that are not decided yet, in order.
    private(set) var waiting: [Event] = []
    /// What is remembered of each key.
    var windows: [Labels: ThrottleWindow<Payload>] = [:]
    /// All events up to this moment are decided.
    private(set) var settled: Timestamp?
    private var deadlines = DeadlineHeap()

    /// Starts with nothing remembered.
    package init(_ throttle: Throttle, allowLate: TimeSpan = .zero) {
        self.throttle = throttle
        self.allowLate = max(.zero, allowLate)
    }

    init(
        _ throttle: Throttle, allowLate: TimeSpan, statistics: ThrottleStatistics, settled: Timestamp?,
        waiting: [Event], windows: [Labels: ThrottleWindow<Payload>]
    ) {
        self.init(throttle, allowLate: allowLate)
        self.statistics = statistics
        self.settled = settled
        self.waiting = waiting.sorted { $0.precedes($1) }
        self.windows = windows
        rebuildDeadlines()
    }

    /// When ``advance(to:)`` will have something to do; nil for never.
    package var nextDeadline: Timestamp? {
        [waiting.first?.time, deadlines.first?.time].compactMap { $0 }.min().map { $0 + allowLate }
    }

    /// The keys that are remembered.
    package var keyCount: Int { windows.count }

    /// The deadlines that are kept, those that no longer hold among them.
    var deadlineCount: Int { deadlines.count }

    // MARK: Events and time

    /// Takes an event.
    ///
    /// - Parameter waits: Whether it waits for the time to pass also where nothing is late.
    /// - Returns: What follows at once, in order.
    package mutating func take(_ event: Event, waits: Bool = false) -> [Outcome] {
        if let settled, event.time <= settled {
            statistics.late += 1
            return decide(event) + endWindows(upTo: settled)
        }
        guard allowLate > .zero || waits else { return decide(event) }
        let place = waiting.partitioningIndex { !$0.precedes(event) }
        if place < waiting.count, waiting[place].id == event.id, waiting[place].time == event.time {
            statistics.duplicates += 1
            return []
        }
        waiting.insert(event, at: place)
        guard waiting.count > Self.mostWaiting else { return [] }
        statistics.hurried += 1
        return decide(waiting.removeFirst())
    }

    /// Lets time pass: events that have waited long enough are decided, windows end.
    ///
    /// - Parameters:
    ///   - moment: All events up to this moment, less `allowLate`, have been handed in. An earlier moment than before
    ///     changes nothing.
    ///   - isWanted: Whether an event still matters; one that does not is dropped, as if it had never come.
    /// - Returns: What follows, in order.
    package mutating func advance(
        to moment: Timestamp, where isWanted: (Payload) -> Bool = { _ in true }
    ) -> [Outcome] {
        let reached = moment - allowLate
        if let settled, reached <= settled { return [] }
        settled = reached
        let due = waiting.partitioningIndex { $0.time > reached }
        let events = waiting.prefix(due)
        waiting.removeFirst(due)
        var outcomes: [Outcome] = []
        for event in events where isWanted(event.payload) {
            outcomes += endWindows(upTo: event.time)
            outcomes += decide(event)
        }
        return outcomes + endWindows(upTo: reached)
    }

    /// Puts another throttle in place of this one, as when its rule has changed. Unless it is the same, what waits is
    /// decided, what was gathered goes out, and the new one begins with nothing remembered.
    package mutating func replace(
        with throttle: Throttle, allowLate: TimeSpan = .zero, at moment: Timestamp
    ) -> [Outcome] {
        defer {
            self.throttle = throttle
            self.allowLate = max(.zero, allowLate)
        }
        guard throttle != self.throttle else { return [] }
        var outcomes: [Outcome] = []
        for event in waiting {
            outcomes += endWindows(upTo: event.time)
            outcomes += decide(event)
        }
        waiting = []
        while let first = deadlines.first { outcomes += end(first.key, at: min(first.time, moment)) }
        return outcomes
    }

    // MARK: Windows

    /// Remembers a window, for a new key at the cost of the oldest if there are too many.
    mutating func keep(_ window: ThrottleWindow<Payload>, for key: Labels, at time: Timestamp) -> [Outcome] {
        var outcomes: [Outcome] = []
        if windows[key] == nil, windows.count >= Self.mostKeys, let oldest = deadlines.first {
            if oldest.time > time { statistics.forgottenKeys += 1 }
            outcomes = end(oldest.key, at: min(oldest.time, time))
        }
        windows[key] = window
        deadlines.insert(DeadlineHeap.Entry(time: window.end(throttle.form.window), key: key))
        dropStaleDeadlines()
        return outcomes
    }

    /// Forgets a key.
    mutating func forget(_ key: Labels) {
        windows[key] = nil
        dropStaleDeadlines()
    }

    /// Ends the windows whose time is over, in order.
    private mutating func endWindows(upTo moment: Timestamp) -> [Outcome] {
        var outcomes: [Outcome] = []
        while let first = deadlines.first, first.time <= moment { outcomes += end(first.key, at: first.time) }
        return outcomes
    }

    /// Restores that the first deadline is that of a window, and that there are not many more deadlines than windows.
    private mutating func dropStaleDeadlines() {
        let slack = 64
        if deadlines.count > 2 * windows.count + slack { rebuildDeadlines() }
        while let first = deadlines.first, windows[first.key]?.end(throttle.form.window) != first.time {
            deadlines.removeFirst()
        }
    }

    private mutating func rebuildDeadlines() {
        deadlines = DeadlineHeap()
        for (key, window) in windows {
            deadlines.insert(DeadlineHeap.Entry(time: window.end(throttle.form.window), key: key))
        }
    }
}
