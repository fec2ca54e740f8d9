import AuspexChanges
import AuspexLogs
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
    private(set) var changes = WatchedChanges()
    /// When each service was last changed, for whatever reason.
    var changedAt: [String: Timestamp] { times.changedAt }
    private var times = WatchTimes()
    private var index = WatchIndex()
    private var order = 0
    private(set) var refused = 0
    private var areTimesChanged = false

    /// A stage that watches nothing.
    init(_ settings: WatchSettings, goesBySeason: Bool) {
        self.settings = settings
        self.goesBySeason = goesBySeason
    }

    /// How many watches go on.
    var running: Int { changes.running.count }

    // MARK: Changes

    /// Takes a report of a change: begins to watch, or goes on.
    ///
    /// - Parameters:
    ///   - now: The time of events.
    ///   - graph: Which names are of the same service.
    /// - Returns: the judgements that ended because of it.
    mutating func take(_ change: Change, now: Timestamp, _ graph: ServiceGraph) -> [ChangeJudgement] {
        guard settings.isEnabled else { return [] }
        note(change)
        guard var known = changes[change.id] else { return begin(change, now: now, graph) }
        if let watch = known.watch { return goOn(known, watch, change) }
        switch change.outcome {
        case .pending: return []
        case .failure, .rolledBack:
            known.conclude(because: "the change failed or was undone before it could be judged")
            changes.put(known)
            return []
        case .success:
            guard known.isNews(change) else { return [] }
            return begin(known.change.merged(with: change), now: now, graph)
        }
    }

    private mutating func goOn(
        _ known: WatchedChange, _ watch: ChangeWatch, _ change: Change
    ) -> [ChangeJudgement] {
        var (known, watch) = (known, watch)
        watch.take(change)
        known.settle(watch)
        changes.put(known)
        guard watch.isOver else { return [] }
        index.reset()
        return [known.judgement]
    }

    /// Begins to watch, if that is possible; if not, what was known of the change before counts no more.
    private mutating func begin(_ change: Change, now: Timestamp, _ graph: ServiceGraph) -> [ChangeJudgement] {
        guard change.outcome == .success || change.outcome == .pending else { return [] }
        let watch = ChangeWatch(change, settings: settings, goesBySeason: goesBySeason)
        guard watch.to > now else {
            giveUp(change.id, because: "the end of the change was reported too late for its service to be watched")
            return []
        }
        let ended = supersede(by: change, graph)
        guard running < settings.mostWatches else {
            refused += 1
            giveUp(change.id, because: "too many services were being watched already")
            return ended
        }
        order += 1
        changes.put(WatchedChange(watch, order: order))
        index.reset()
        forgetEldest()
        return ended
    }

    private mutating func giveUp(_ id: String, because reason: String) {
        guard var known = changes[id] else { return }
        guard known.judgement.state == .provisional else { return changes.remove(id) }
        known.conclude(because: reason)
        changes.put(known)
    }

    private mutating func note(_ change: Change) {
        let time = max(change.startedAt, change.endedAt ?? change.startedAt)
        times.note(change.service, at: time)
        areTimesChanged = true
    }

    /// Ends the watches of other changes of the same service in the same place.
    private mutating func supersede(by change: Change, _ graph: ServiceGraph) -> [ChangeJudgement] {
        let service = graph.canonicalName(change.service)
        var ended: [ChangeJudgement] = []
        for (id, known) in changes.running.sorted(by: { $0.key < $1.key }) where id != change.id {
            var other = known
            guard var watch = known.watch, graph.canonicalName(watch.change.service) == service,
                watch.change.environment == change.environment
            else { continue }
            watch.supersede(by: change)
            other.settle(watch)
            changes.put(other)
            ended.append(other.judgement)
        }
        if !ended.isEmpty { index.reset() }
        return ended
    }

    private mutating func forgetEldest() {
        while changes.count > Self.mostJudgements, let eldest = changes.eldestOver { changes.remove(eldest) }
    }

    // MARK: Logs

    /// Takes an error line that rules see, for the watches of the services that it names.
    mutating func take(_ log: LogFact, _ graph: ServiceGraph) {
        guard let severity = LogSeverity(log.record.severity), severity >= .error else { return }
        let labels = log.record.attributes
        for id in index.ids(ofServices: ServiceIndex.services(of: labels), among: changes.running, graph) {
            guard let watch = changes[id]?.watch, labels.mayBe(in: watch.change.environment) else { continue }
            changes.updateWatch(of: id) {
                $0.take(template: log.templateID, text: log.template, isNew: log.isNew, at: log.record.time)
            }
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
        let due = changes.running.filter { $0.value.watch.map { $0.next <= last } ?? false }.keys.sorted()
        guard !due.isEmpty else { return [] }
        areTimesChanged = true
        chooseControls(due, detection, graph)
        let watches = due.compactMap { changes[$0]?.watch }
        let sight = ServiceSight(of: Set(watches.flatMap { [$0.change.service] + $0.controls }), detection, graph)
        var ended: [ChangeJudgement] = []
        for watch in watches {
            var watch = watch
            while !watch.isOver, watch.next <= last { watch.step(sight.minute(of: watch)) }
            if var known = changes[watch.change.id] {
                known.settle(watch)
                changes.put(known)
            }
            if watch.isOver { ended.append(watch.judgement) }
        }
        if !ended.isEmpty { index.reset() }
        return ended
    }

    /// Chooses the services that new watches are held against.
    private mutating func chooseControls(_ ids: [String], _ detection: DetectionStage, _ graph: ServiceGraph) {
        for id in ids {
            guard let watch = changes[id]?.watch, watch.isFresh else { continue }
            let since = watch.change.startedAt - settings.baseline
            let choice = ControlChoice(graph, changed: Set(changedAt.filter { $0.value >= since }.keys))
            let controls = choice.controls(of: watch.change.service, detection)
            changes.updateWatch(of: id) { $0.controls = controls }
        }
    }

    // MARK: Saving and restoring

    private static let statePrefix = "watches/"
    private static let timesName = "watch times"

    /// The states that have changed since the last call, by name; empty for one that is forgotten.
    mutating func takeChangedSnapshots() -> [String: StateEncoding] {
        var states: [String: StateEncoding] = [:]
        let news = changes.takeNews()
        for id in news.forgotten { states[Self.statePrefix + id] = { [] } }
        for known in news.changed { states[Self.statePrefix + known.change.id] = { try known.snapshot() } }
        if areTimesChanged { states[Self.timesName] = { [times] in try times.snapshot() } }
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
                changes.put(try WatchedChange(restoring: bytes), isStored: true)
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
        order = changes.newestOrder
        return problems
    }
}
