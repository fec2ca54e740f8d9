import AuspexChanges
import AuspexRules
import AuspexSignals

/// Watches services after changes, on the clock of events: a minute is looked at when events are ``lateness`` past its
/// end, so that the same messages lead to the same verdicts at the same minutes, after a crash as well.
///
/// Bounds: ``WatchSettings/mostWatches`` at a time, ``mostJudgements`` of the past and ``mostSeries`` series a watch.
struct WatchStage: Sendable {
    /// Judgements that are kept, those of watches that go on included; the eldest go.
    static let mostJudgements = 1_000
    /// Series of a service, or of one that it is held against, that are looked at; of more, those whose labels come first.
    static let mostSeries = 2_000
    /// How long after its end a minute's samples are waited for.
    static let lateness = TimeSpan.seconds(30)

    private let settings: WatchSettings
    private let goesBySeason: Bool
    private(set) var changes: [String: WatchedChange] = [:]
    /// When each service was last changed, for whatever reason.
    var changedAt: [String: Timestamp] { times.changedAt }
    private var times = WatchTimes()
    private var order = 0
    private(set) var refused = 0
    /// Judgements that a checkpoint may still hold.
    private var removed: Set<String> = []
    private var areTimesChanged = false

    /// A stage that watches nothing.
    init(_ settings: WatchSettings, goesBySeason: Bool) {
        self.settings = settings
        self.goesBySeason = goesBySeason
    }

    /// How many watches go on.
    var running: Int { changes.values.count { $0.watch != nil } }

    // MARK: Changes

    /// Takes a report of a change: begins to watch, or goes on.
    ///
    /// - Parameter now: The time of events.
    /// - Returns: the judgements that ended because of it.
    mutating func take(_ change: Change, now: Timestamp) -> [ChangeJudgement] {
        guard settings.isEnabled else { return [] }
        note(change)
        if var known = changes[change.id] {
            if var watch = known.watch {
                watch.take(change)
                known.settle(watch)
                changes[change.id] = known
                return known.watch == nil ? [known.judgement] : []
            }
            // It was looked at while it was under way; now that it is over, the time begins.
            let isNews = known.judgement.verdict != .fail && change.outcome == .success
            guard isNews, let end = change.endedAt, end >= known.judgement.to else { return [] }
        }
        guard change.outcome == .success || change.outcome == .pending else { return [] }
        let watch = ChangeWatch(change, settings: settings, goesBySeason: goesBySeason)
        guard watch.to > now else { return [] }
        let ended = supersede(by: change)
        guard running < settings.mostWatches else {
            refused += 1
            return ended
        }
        order += 1
        changes[change.id] = WatchedChange(watch, order: order)
        removed.remove(change.id)
        forgetEldest()
        return ended
    }

    private mutating func note(_ change: Change) {
        let time = max(change.startedAt, change.endedAt ?? change.startedAt)
        times.note(change.service, at: time)
        areTimesChanged = true
    }

    /// Ends the watches of other changes of the same service in the same place.
    private mutating func supersede(by change: Change) -> [ChangeJudgement] {
        var ended: [ChangeJudgement] = []
        for id in changes.keys.sorted() where id != change.id {
            guard var other = changes[id], var watch = other.watch, watch.change.service == change.service,
                watch.change.environment == change.environment
            else { continue }
            watch.supersede(by: change)
            other.settle(watch)
            changes[id] = other
            ended.append(other.judgement)
        }
        return ended
    }

    private mutating func forgetEldest() {
        while changes.count > Self.mostJudgements {
            let over = changes.filter { $0.value.watch == nil }
            guard let eldest = over.min(by: { $0.value.order < $1.value.order }) else { return }
            changes[eldest.key] = nil
            removed.insert(eldest.key)
        }
    }

    // MARK: Logs

    /// Takes an error line that rules see.
    mutating func take(_ log: LogFact) {
        let severity = log.record.severity
        guard severity == "ERROR" || severity == "FATAL", let service = log.record.attributes["service"] else { return }
        for (id, change) in changes where change.watch?.change.service == service {
            changes[id]?.watch?.take(
                template: log.templateID, text: log.template, isNew: log.isNew, at: log.record.time)
            changes[id]?.isChanged = true
        }
    }

    // MARK: Time

    /// Shows every watch the minutes that are over.
    ///
    /// - Parameters:
    ///   - horizon: Up to where all events may be taken to have come.
    ///   - detection: Where series and their minutes are.
    ///   - graph: Which services depend on which.
    /// - Returns: the judgements that are done.
    mutating func advance(
        to horizon: Timestamp, _ detection: DetectionStage, _ graph: ServiceGraph
    ) -> [ChangeJudgement] {
        let last = MinuteHistory.minute(of: horizon - Self.lateness) - 1
        if let seen = times.seen, last <= seen { return [] }
        times.seen = last
        let due = changes.filter { $0.value.watch.map { $0.next <= last } ?? false }
        guard !due.isEmpty else { return [] }
        areTimesChanged = true
        chooseControls(due.keys.sorted(), detection, graph)
        let watches = due.keys.sorted().compactMap { changes[$0]?.watch }
        let sight = ServiceSight(of: Set(watches.flatMap { [$0.change.service] + $0.controls }), detection)
        var ended: [ChangeJudgement] = []
        for watch in watches {
            var watch = watch
            while !watch.isOver, watch.next <= last { watch.step(sight.minute(of: watch)) }
            changes[watch.change.id]?.settle(watch)
            if watch.isOver { ended.append(watch.judgement) }
        }
        return ended
    }

    /// Chooses the services that new watches are held against.
    private mutating func chooseControls(_ ids: [String], _ detection: DetectionStage, _ graph: ServiceGraph) {
        for id in ids {
            guard var watch = changes[id]?.watch, watch.isFresh else { continue }
            let since = watch.change.startedAt - settings.baseline
            let choice = ControlChoice(graph, changed: Set(changedAt.filter { $0.value >= since }.keys))
            watch.controls = choice.controls(of: watch.change.service, detection)
            changes[id]?.watch = watch
        }
    }

    // MARK: Saving and restoring

    private static let statePrefix = "watches/"
    private static let timesName = "watch times"

    /// The states that have changed since the last call, by name; empty for one that is forgotten.
    mutating func takeChangedSnapshots() throws -> [String: [UInt8]] {
        var states: [String: [UInt8]] = [:]
        for id in removed { states[Self.statePrefix + id] = [] }
        removed = []
        for (id, change) in changes where change.isChanged {
            states[Self.statePrefix + id] = try change.snapshot()
            changes[id]?.isChanged = false
        }
        if areTimesChanged { states[Self.timesName] = try times.snapshot() }
        areTimesChanged = false
        return states
    }

    /// Goes on from the states of a checkpoint.
    ///
    /// - Returns: what could not be restored, and why.
    mutating func restore(_ states: [String: [UInt8]]) -> [String] {
        var problems: [String] = []
        for (name, bytes) in states.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Self.statePrefix) && !bytes.isEmpty {
            let id = String(name.dropFirst(Self.statePrefix.count))
            do {
                changes[id] = try WatchedChange(restoring: bytes)
            } catch {
                problems.append("the watch of change '\(id)': \(error)")
            }
        }
        if let bytes = states[Self.timesName] {
            do {
                times = try WatchTimes(restoring: bytes)
            } catch {
                problems.append("when services were changed: \(error)")
            }
        }
        order = changes.values.map(\.order).max() ?? 0
        return problems
    }
}
