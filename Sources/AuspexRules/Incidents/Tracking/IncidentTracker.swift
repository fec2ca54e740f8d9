package import AuspexSignals

/// Puts alerts that belong together into incidents, with the changes that they may come from.
///
/// An alert joins an incident whose last alert fired not long before when it is about the same service, when their services
/// depend on one another, when both may come from the same change, or when labels say so; each alert carries the reason.
/// When it connects two incidents, they become one. An incident is over when all its alerts have been resolved for a while,
/// and goes on when one of them comes back. When too many alerts fire at once, all go into one incident of the storm.
///
/// Event time decides. An event may come ``IncidentSettings/allowLate`` after its time: until then nothing is final, and
/// an event that comes out of order gives what it would have given in order. So an incident may turn out to have begun
/// earlier, and has another identifier then; the old one leads to it. An event that comes later is taken in as if it had
/// happened at the last final moment. An event that comes again changes nothing.
///
/// Everything is a function of the settings, the graph, and the calls in their order. Cost of an event in order: what it
/// is connected with; of a batch with an event out of order, be it by its rank at the same moment: in addition, the tables
/// of what is final are copied and all that is not final is gone through again, unless only changes come out of order that
/// no incident may come from, among changes. So hand in together what comes together.
/// Memory is bounded by ``IncidentLimits``.
package struct IncidentTracker: Sendable {
    /// How alerts are put together.
    package let settings: IncidentSettings
    /// What the tracker may hold.
    package let limits: IncidentLimits

    private var scope: ServiceScope
    /// What is final.
    private var settled: IncidentBook
    /// What follows from the final state and the waiting steps up to now.
    private var current: IncidentBook
    private var waiting: StepQueue
    /// The waiting steps at the front that `current` has taken.
    private var takenCount = 0
    /// Incidents that have changed since `current` was built from `settled`.
    private var changedSinceBuilt: Set<String> = []
    private var clock: Timestamp?
    private var counts = IncidentStatistics()

    /// Starts without incidents.
    package init(
        settings: IncidentSettings = IncidentSettings(), limits: IncidentLimits = IncidentLimits(),
        graph: ServiceGraph = ServiceGraph()
    ) {
        let book = IncidentBook(settings: settings, limits: limits)
        self.init(book, waiting: StepQueue(), counts: IncidentStatistics(), graph: graph)
    }

    private init(_ book: IncidentBook, waiting: StepQueue, counts: IncidentStatistics, graph: ServiceGraph) {
        settings = book.settings
        limits = book.limits
        scope = ServiceScope(graph, depth: settings.depth)
        settled = book
        current = book
        self.waiting = waiting
        self.counts = counts
    }

    // MARK: Snapshots

    /// All that is needed to go on as if nothing had happened. The graph has a snapshot of its own.
    package var snapshot: IncidentSnapshot {
        IncidentSnapshot(book: settled, waiting: Array(waiting.entries), clock: clock, counts: counts)
    }

    /// Goes on from a snapshot.
    ///
    /// - Parameters:
    ///   - snapshot: What ``snapshot`` gave.
    ///   - settings: How alerts are put together from now on; nil for as before.
    ///   - graph: The services.
    package init(restoring snapshot: IncidentSnapshot, settings: IncidentSettings? = nil, graph: ServiceGraph) {
        let book = settings.map { snapshot.book.following($0) } ?? snapshot.book
        self.init(book, waiting: StepQueue(snapshot.waiting), counts: snapshot.counts, graph: graph)
        clock = snapshot.clock
        takeWaiting()
        current.touched = []
    }

    // MARK: Looking

    /// The incidents that are not forgotten, latest start first, those with the same start in order of their identifiers.
    package var incidents: [Incident] {
        current.incidents.values.sorted { ($1.startedAt, $0.id) < ($0.startedAt, $1.id) }
    }

    /// The incident that goes by an identifier or has it as an alias.
    package func incident(_ id: String) -> Incident? { current.resolve(id).flatMap { current.incidents[$0] } }

    /// The incident that an alert is in; nil if it is in none.
    package func incident(ofAlert id: String) -> Incident? {
        current.homes[IncidentAlert.hash(of: id)].flatMap { current.incidents[$0.incident] }
    }

    /// The incidents of a service, by its canonical name, that are not over: latest start first. Costs what it finds.
    package func openIncidents(of service: String) -> [Incident] {
        (current.byService[service] ?? []).compactMap { current.incidents[$0] }
            .sorted { ($1.startedAt, $0.id) < ($0.startedAt, $1.id) }
    }

    /// How many incidents are not over.
    package var openCount: Int { current.openCount }

    /// Whether there is a storm of alerts now, in which nothing should be done automatically.
    package var isStorm: Bool { current.storm.isOn }

    /// Whether there was a storm at any moment that the last call of ``handle(_:now:)`` went through, however much time that
    /// was.
    package var hadStorm: Bool { current.hadStorm || isStorm }

    /// The moment up to which time has passed; nil before the first call. It never goes back.
    package var moment: Timestamp? { clock }

    /// The incident of the storm that there is now.
    package var stormIncident: Incident? {
        isStorm ? current.storm.incident.flatMap { current.incidents[$0] } : nil
    }

    /// What was refused, folded or ignored.
    package var statistics: IncidentStatistics { current.statistics + counts }

    // MARK: Events and time

    /// Puts another graph in place of the one there is. It counts for what is not final yet.
    package mutating func use(_ graph: ServiceGraph) {
        scope = ServiceScope(graph, depth: settings.depth)
    }

    /// Takes in events and lets time pass.
    ///
    /// - Parameters:
    ///   - events: In any order.
    ///   - now: All events up to ``IncidentSettings/allowLate`` before this moment have been handed in. Going back has no
    ///     effect.
    /// - Returns: What has become of incidents, in order of their identifiers.
    package mutating func handle(_ events: [IncidentEvent], now: Timestamp) -> [IncidentUpdate] {
        clock = max(clock ?? now, now)
        current.hadStorm = current.storm.isOn
        settled.hadStorm = settled.storm.isOn
        var isInOrder = changedSinceBuilt.count <= 4 * limits.waiting
        // In order most of them are added at the end, which costs little.
        let keyed = events.flatMap { steps(of: $0) }.map { (key: $0.key(at: $0.time), step: $0) }
        var late: [StepQueue.Entry] = []
        for (_, step) in keyed.sorted(by: { $0.key < $1.key }) where !insert(step, late: &late) { isInOrder = false }
        if isInOrder, takeLate(late) {
            takeWaiting()
            guard settle() else { return rebuilt(since: nil) }
            // They were told when `current` came to their ends.
            settled.forgotten = [:]
            return updates(since: nil)
        }
        return rebuilt(since: current)
    }

    /// Lets time pass.
    package mutating func advance(to now: Timestamp) -> [IncidentUpdate] { handle([], now: now) }

    /// Why a person's act can't be done as things stand; nil if it can.
    package func obstacle(to act: IncidentAct) -> IncidentError? { act.textMistake ?? current.obstacle(to: act) }

    /// Does what a person wants, at the act's time, but not after `now`, and not before what is final.
    ///
    /// - Throws: ``IncidentError`` when it can't be done; nothing has changed then.
    package mutating func perform(_ act: IncidentAct, now: Timestamp) throws(IncidentError) -> [IncidentUpdate] {
        let isKnown = incident(act.incident)?.history.contains { $0.act == act.id } ?? false
        if !isKnown, let obstacle = obstacle(to: act) { throw obstacle }
        var act = act
        act.at = min(act.at, now)
        if let final, act.at <= final, !isKnown { act.at = final + TimeSpan(milliseconds: 1) }
        return handle([.act(act)], now: now)
    }

    // MARK: Order

    private mutating func steps(of event: IncidentEvent) -> [IncidentStep] {
        switch event {
        case .change(let change): return [.changed(change)]
        case .act(let act):
            guard act.textMistake == nil else {
                counts.voidActs += 1
                return []
            }
            return [.act(act)]
        case .alert(let alert):
            guard alert.state != .pending, let firedAt = alert.firedAt else { return [] }
            let names = settings.agree + settings.together
            let digest = IncidentAlert(
                alert, firedAt: firedAt, service: scope.graph.serviceName(of: alert) ?? "",
                labels: alert.labels.projected(onto: names))
            guard alert.state == .resolved else { return [.fired(digest)] }
            let end = max(alert.resolvedAt ?? firedAt, firedAt)
            // Its beginning may have been missed. What was over long ago is no news, and may be forgotten already.
            let isNews = final.map { end > $0 } ?? true
            return isNews ? [.fired(digest), .resolved(digest, at: end)] : [.resolved(digest, at: end)]
        }
    }

    /// The moment up to which everything is final.
    private var final: Timestamp? { settled.clock }

    /// Puts a step among the waiting ones.
    ///
    /// - Parameter late: Steps that come before something that was taken already, but only before changes. Many changes have
    ///   the same moment, and come in any order.
    /// - Returns: whether it comes after all that was taken, or is one of those.
    private mutating func insert(_ step: IncidentStep, late: inout [StepQueue.Entry]) -> Bool {
        var time = step.time
        if let final, time <= final {
            if settled.isRepeated(step) { return true }
            counts.lateEvents += 1
            // A person acts now; an act from long ago comes again, and may have been impossible then.
            if case .act = step { return true }
            time = final
        }
        if let latest = clock.map({ $0 + settings.allowLate }), time > latest {
            time = latest
            counts.earlyEvents += 1
        }
        let entry = StepQueue.Entry(key: step.key(at: time), step: step)
        guard let place = waiting.insert(entry) else { return true }
        guard current.lastDeadline.map({ $0 < time }) ?? true else { return false }
        if place >= takenCount { return true }
        guard waiting.entries.dropFirst(place).prefix(takenCount - place + 1).allSatisfy(\.step.isChange) else {
            return false
        }
        takenCount += 1
        late.append(entry)
        return true
    }

    /// Lets `current` take changes that come late; false if that does not give what it would have given in order.
    private mutating func takeLate(_ entries: [StepQueue.Entry]) -> Bool {
        for entry in entries {
            guard case .changed(let change) = entry.step, current.canReportLate(change, at: entry.key.time, &scope)
            else { return false }
            current.take(entry.step, at: entry.key.time, &scope)
        }
        return true
    }

    /// Lets `current` take the steps whose time has come.
    private mutating func takeWaiting() {
        guard let clock else { return }
        let end = waiting.count(upTo: clock)
        while takenCount < end {
            let entry = waiting[takenCount]
            current.take(entry.step, at: entry.key.time, &scope)
            takenCount += 1
        }
        current.pass(upTo: clock, &scope)
        changedSinceBuilt.formUnion(current.touched)
    }

    /// Makes final what nothing can come before any more, and what there is no room for to wait; false if `current` has not
    /// taken all of it.
    private mutating func settle() -> Bool {
        guard let clock else { return true }
        let latest = clock - settings.allowLate
        let due = waiting.count(upTo: latest)
        let excess = max(0, waiting.count - due - limits.waiting)
        counts.hurriedEvents += excess
        let count = due + excess
        for place in 0..<count { settled.take(waiting[place].step, at: waiting[place].key.time, &scope) }
        waiting.removeFirst(count)
        settled.pass(upTo: max(latest, settled.clock ?? latest), &scope)
        changedSinceBuilt.formUnion(settled.touched)
        settled.touched = []
        defer { takenCount = max(0, takenCount - count) }
        return takenCount >= count
    }

    /// Builds `current` anew and says what is different from `before`, or without that, what has changed at all.
    private mutating func rebuilt(since before: IncidentBook?) -> [IncidentUpdate] {
        _ = settle()
        let changed = changedSinceBuilt
        current = settled
        settled.forgotten = [:]
        takenCount = 0
        changedSinceBuilt = []
        takeWaiting()
        current.touched.formUnion(changed)
        return updates(since: before)
    }

    /// What has changed; with `before`, without what has come out the same.
    private mutating func updates(since before: IncidentBook?) -> [IncidentUpdate] {
        let (touched, forgotten) = (current.touched.sorted(), current.forgotten)
        current.touched = []
        current.forgotten = [:]
        return touched.compactMap { id in
            if let incident = current.incidents[id] {
                return incident == before?.incidents[id] ? nil : .changed(incident)
            }
            if let over = forgotten[id] { return over == before?.incidents[id] ? nil : .changed(over) }
            if let before, before.incidents[id] == nil { return nil }
            if let other = current.resolve(id) { return .absorbed(id: id, into: other) }
            // What it came from has turned out not to have happened.
            return before?.incidents[id].map { .changed($0.lost(at: clock ?? $0.lastAlertAt, "it had no cause")) }
        }
    }
}
