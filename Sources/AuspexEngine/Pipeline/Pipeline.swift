import AuspexDetection
package import AuspexRules
package import AuspexSignals
package import AuspexStore
import Foundation

/// Who carries on with what the rules decide: keeps alerts and incidents, starts runs. Called again with the same events
/// after a restart, so it must tell repetitions apart by their identifiers.
package protocol RuleEventSink: Sendable {
    /// Takes events in order. When this returns they are kept.
    func take(_ events: [RuleEvent]) async throws

    /// Takes what has become of incidents, in order. When this returns it is kept.
    func take(_ updates: [IncidentUpdate]) async throws
}

/// Works messages in, one after another: detectors, then rules, then incidents, then the sink. What it knows can be saved together with
/// the position in the bus up to which it is true, so that after a crash the same messages lead to the same state and
/// the same events.
///
/// One task calls ``process(_:at:now:)``, ``tick(now:)`` and ``checkpoint()``; anyone may ask questions meanwhile.
package actor Pipeline {
    /// How long after its time an event is waited for before silence counts.
    private static let lateness = TimeSpan.seconds(10)
    /// How often all series are asked whether they are overdue.
    private static let silenceEvery = TimeSpan.seconds(1)
    /// How often the labels of all series are looked at for services.
    private static let servicesEvery = TimeSpan.minutes(1)

    private let detection: DetectionStage
    private var logs: LogStage
    private var rules: RuleEngine
    private var incidents: IncidentStage
    /// What rules have asked for since the incidents were last settled.
    private var requests: [RunRequest] = []
    private var servicesAskedAt: Timestamp?
    private var outside = OutsideAlerts()
    private var outsideRefused = 0
    private var isOutsideChanged = false
    /// When the engine began to work again, until all that came before has been worked in; nil then.
    private var resumesAt: Timestamp?
    private var clock = EventClock()
    private let sink: any RuleEventSink
    private let metrics: EngineMetrics
    private var ruleErrors = 0
    private var silenceAskedAt: Timestamp?

    /// The position in the bus up to which messages have been worked in.
    package private(set) var position: Int64 = 0

    /// A pipeline that has seen nothing.
    package init(
        detection: DetectionStage, logs: LogStage, rules: RuleSet, incidents: IncidentSettings = IncidentSettings(),
        sink: any RuleEventSink, metrics: EngineMetrics
    ) {
        self.detection = detection
        self.logs = logs
        self.rules = RuleEngine(rules)
        self.incidents = IncidentStage(incidents, services: rules.services)
        self.sink = sink
        self.metrics = metrics
    }

    // MARK: Working in

    /// Works one message in.
    package func process(_ message: BusMessage, at position: Int64, now: Timestamp) async throws {
        var events: [RuleEvent] = []
        switch message {
        case .signals(let batch):
            let outcome = await detection.process(batch, forecasts: rules.ruleSet.forecasts, now: now)
            metrics.add(outcome.ignored, to: .samplesIgnored)
            metrics.add(outcome.refused, to: .seriesRefused)
            metrics.add(outcome.heldBack, to: .heldBack)
            metrics.add(outcome.observations.count { $0.isAnomalous }, to: .anomalies)
            for observation in outcome.observations { events += handle(fact(observation), now: now) }
            for record in batch.logs {
                incidents.learn(record.attributes, at: record.time)
                for fact in logs.facts(record, now: now) { events += handle(fact, now: now) }
            }
        case .change(let change):
            detection.open(change)
            incidents.take(change)
            events += handle(.change(change), now: now)
        case .act(let act):
            // It was done at the moment that rules went by then; so it is when it is worked in again after a crash.
            clock.observe(act.at, wall: now)
            incidents.take(act)
        case .silence(let change): take(change, now: now)
        case .links(let report): incidents.take(report)
        case .alerts(let report):
            if let resumesAt, report.at >= resumesAt { resumeOutside() }
            isOutsideChanged = true
            for fact in outside.receive(report.alerts, at: report.at) {
                incidents.learn(fact.labels, at: fact.time)
                events += handle(fact, now: now)
            }
            metrics.add(outside.statistics.refused - outsideRefused, to: .outsideAlertsRefused)
            outsideRefused = outside.statistics.refused
        case .health(let facts):
            for fact in facts {
                incidents.learn(fact.labels, at: fact.time)
                events += handle(.health(fact), now: now)
            }
        }
        if let newest = clock.newest { detection.forgetWindows(at: newest) }
        countRuleErrors()
        try await take(events)
        // Who did something waits for what has become of it.
        if case .act = message { try await settle(now: now) }
        self.position = position
        metrics.add(to: .messages)
        detection.count(into: metrics)
        metrics.add(logs.takeForgotten(), to: .logStreamsForgotten)
        if let newest = clock.newest { metrics.set(.lag, to: Double((now - newest).milliseconds) / 1_000) }
    }

    /// Lets time pass where nothing comes: series of which the next sample is overdue end, alerts fire and end.
    ///
    /// - Parameters:
    ///   - now: What the clock shows.
    ///   - isCaughtUp: Whether nothing waits to be worked in. While something does, an alert of another system is not over
    ///     because it was not sent again.
    /// - Returns: whether that decided anything.
    @discardableResult
    package func tick(now: Timestamp, isCaughtUp: Bool = true) async throws -> Bool {
        guard let horizon = clock.horizon(wall: now, lateness: Self.lateness) else { return false }
        let silent = takeSilent(horizon: horizon, now: now)
        // Their ends are no events that came: the clock does not follow them.
        var events = silent.flatMap { rules.handle(fact($0), now: now) }
        // Windows of logs end as well, and so does a stream that says nothing any more.
        events += logs.advance(now: now).flatMap { rules.handle($0, now: now) }
        // And alerts of other systems that are not sent again.
        if isCaughtUp {
            resumeOutside()
            let over = outside.advance(to: now)
            if !over.isEmpty { isOutsideChanged = true }
            events += over.flatMap { handle($0, now: now) }
        }
        events += rules.advance(to: horizon)
        if !silent.isEmpty { countRuleErrors() }
        try await take(events)
        learnServices(now: now)
        let isSettled = try await settle(now: now)
        return !events.isEmpty || !silent.isEmpty || isSettled
    }

    // MARK: Incidents

    /// Hands on what the rules decide: alerts at once, what they ask for when the incidents are settled.
    private func take(_ events: [RuleEvent]) async throws {
        var alerts: [RuleEvent] = []
        for event in events {
            switch event {
            case .request(let request): requests.append(request)
            case .alert(let alert):
                alerts.append(event)
                incidents.take(alert)
            }
        }
        if !alerts.isEmpty { try await sink.take(alerts) }
    }

    /// Lets incidents follow from what has happened, and hands on what rules have asked for: in a storm of alerts nothing
    /// starts by itself.
    ///
    /// - Returns: whether anything has changed.
    @discardableResult
    private func settle(now: Timestamp) async throws -> Bool {
        if incidents.followGraph() { rules.use(incidents.graph) }
        guard let running = clock.horizon(wall: now, lateness: .zero) ?? (incidents.isWaiting ? now : nil) else {
            return false
        }
        // An event that comes after a pause may set the clock back; what was said of incidents stays said.
        let moment = max(running, incidents.tracker.moment ?? running)
        let updates = incidents.settle(now: moment)
        if !updates.isEmpty {
            try await sink.take(updates)
            let facts = updates.map { $0.fact(at: moment) }
            try await take(facts.flatMap { rules.handle($0, now: now) })
        }
        let isStorm = incidents.tracker.hadStorm
        metrics.set(.storm, to: incidents.tracker.isStorm ? 1 : 0)
        metrics.set(.openIncidents, to: Double(incidents.tracker.openCount))
        let asked = requests
        requests = []
        if !asked.isEmpty {
            try await sink.take(asked.map { .request(isStorm ? $0.withoutStartingByItself : $0) })
        }
        return !updates.isEmpty || !asked.isEmpty
    }

    /// A silence that can't be made any more, or was made before a restart already, changes nothing.
    private func take(_ change: SilenceChange, now: Timestamp) {
        _ = try? rules.apply(change, now: moment(now: now))
    }

    /// Learns of services from the labels of all series that are alive, now and then.
    private func learnServices(now: Timestamp) {
        if let servicesAskedAt, now >= servicesAskedAt, now - servicesAskedAt < Self.servicesEvery { return }
        servicesAskedAt = now
        for series in detection.series(where: { _ in true }) where !series.hasEnded {
            if let time = series.latest?.time { incidents.learn(series.labels, at: time) }
        }
    }

    /// Gives alerts of other systems the time to be heard of again: while the engine stood still their senders had nobody to
    /// send them to.
    private func resumeOutside() {
        guard let resumesAt else { return }
        outside.resume(at: resumesAt)
        isOutsideChanged = true
        self.resumesAt = nil
    }

    /// Tells the rules that incidents are none any more.
    package func forgetIncidents(_ ids: [String], now: Timestamp) async throws {
        let moment = moment(now: now)
        try await take(ids.flatMap { rules.handle(.incident(IncidentFact(absorbed: $0, at: moment)), now: now) })
    }

    private func takeSilent(horizon: Timestamp, now: Timestamp) -> [MetricObservation] {
        if let asked = silenceAskedAt, now >= asked, now - asked < Self.silenceEvery { return [] }
        silenceAskedAt = now
        let silent = detection.takeSilent(horizon: horizon, now: now)
        metrics.add(silent.count, to: .seriesSilent)
        return silent
    }

    private func handle(_ fact: Fact, now: Timestamp) -> [RuleEvent] {
        clock.observe(fact.time, wall: now)
        return rules.handle(fact, now: now)
    }

    /// What facts of groups name as their detector.
    private static let groupDetector = "group"

    private func fact(_ observation: MetricObservation) -> Fact {
        switch observation {
        case .reading(let labels, let reading, let forecasts):
            .metric(
                MetricFact(
                    labels: labels, reading: reading, detector: detection.detectorName, forecasts: forecasts))
        case .group(let labels, let reading):
            .metric(MetricFact(labels: labels, reading: reading, detector: Self.groupDetector))
        case .ended(let labels, let time): .stale(labels, at: time)
        }
    }

    private func countRuleErrors() {
        let errors = totalRuleErrors
        metrics.add(errors - ruleErrors, to: .ruleErrors)
        ruleErrors = errors
    }

    // MARK: Saving and restoring

    private static let rulesName = "rules"
    private static let clockName = "clock"
    private static let windowsName = "deploy windows"
    private static let groupsName = "groups"
    private static let outsideName = "outside alerts"

    /// Forgets the series of which nothing has been heard since `moment`.
    ///
    /// - Returns: the texts under which a checkpoint holds them.
    package func removeSilentSeries(since moment: Timestamp) -> [String] {
        let removed = detection.removeSilent(since: moment)
        metrics.add(removed.count, to: .seriesForgotten)
        detection.count(into: metrics)
        return removed
    }

    /// Forgets silences that were over at `moment`.
    package func forgetSilences(expiredBefore moment: Timestamp) { rules.forgetSilences(expiredBefore: moment) }

    /// A consistent cut: the states that changed since the last one, and the position.
    package func checkpoint(now: Timestamp) async throws -> CheckpointStore.Checkpoint {
        // What a reload brings while others are told belongs into the cut, too.
        repeat { try await settle(now: now) } while incidents.isWaiting || !requests.isEmpty
        let time = clock.newest.map { String($0.milliseconds) } ?? ""
        return CheckpointStore.Checkpoint(
            sequence: position,
            states: [
                Self.rulesName: [UInt8](try rules.snapshot()), Self.clockName: [UInt8](time.utf8),
                Self.windowsName: detection.windowsSnapshot(), Self.groupsName: detection.groupsSnapshot(),
            ].merging(logs.takeChangedSnapshots()) { first, _ in first }
                .merging(try incidents.takeChangedSnapshots()) { first, _ in first }
                .merging(try takeChangedOutside()) { first, _ in first },
            series: detection.takeChangedSnapshots())
    }

    private func takeChangedOutside() throws -> [String: [UInt8]] {
        guard isOutsideChanged else { return [:] }
        isOutsideChanged = false
        return [Self.outsideName: [UInt8](try JSONEncoder().encode(outside))]
    }

    /// Goes on from a checkpoint. Alerts whose rule has been changed or taken away since are ended.
    ///
    /// - Returns: the texts of states that could not be restored; their series begin anew.
    package func restore(_ checkpoint: CheckpointStore.Checkpoint, now: Timestamp) async throws -> [String] {
        var problems: [String] = []
        for (name, bytes) in checkpoint.series.sorted(by: { $0.key < $1.key }) {
            do {
                if try !detection.restore(bytes, now: now) { problems.append("\(name): there is no room for it") }
            } catch {
                problems.append("\(name): \(error)")
            }
        }
        func put(_ state: String, _ what: String, _ restore: ([UInt8]) throws -> Void) {
            guard let bytes = checkpoint.states[state] else { return }
            do {
                try restore(bytes)
            } catch {
                problems.append("\(what): \(error)")
            }
        }
        problems += logs.restore(checkpoint.states, now: now)
        put(Self.windowsName, "windows of changes") { try detection.restoreWindows($0) }
        put(Self.groupsName, "groups of series") { try detection.restoreGroups($0) }
        put(Self.outsideName, "alerts of other systems") { bytes in
            outside = try JSONDecoder().decode(OutsideAlerts.self, from: Data(bytes))
            outsideRefused = outside.statistics.refused
        }
        resumesAt = now
        if let bytes = checkpoint.states[Self.clockName], let time = Int64(String(decoding: bytes, as: UTF8.self)) {
            clock = EventClock(newest: Timestamp(milliseconds: time), wall: now)
        }
        position = checkpoint.sequence
        problems += incidents.restore(checkpoint.states, services: rules.ruleSet.services)
        if let bytes = checkpoint.states[Self.rulesName] {
            try await take(try rules.restore(Data(bytes), now: now))
        }
        rules.use(incidents.graph)
        incidents.takeMissing(rules.activeAlerts)
        return problems
    }

    /// Puts other rules in force. Rules that look at the same thing as before keep their alerts.
    package func replaceRules(_ ruleSet: RuleSet, now: Timestamp) async throws {
        incidents.declare(ruleSet.services)
        let ended = rules.replaceRules(ruleSet, now: now)
        rules.use(incidents.graph)
        try await take(ended)
        ruleErrors = totalRuleErrors
    }

    private var totalRuleErrors: Int {
        rules.ruleSet.rules.reduce(0) { $0 + (rules.statistics(of: $1.id)?.errors ?? 0) }
    }

    // MARK: Questions

    /// The rules in force.
    package var ruleSet: RuleSet { rules.ruleSet }

    /// What each rule has been through, by its identifier.
    package var ruleStatistics: [String: RuleStatistics] {
        Dictionary(
            uniqueKeysWithValues: rules.ruleSet.rules.compactMap { rule in
                rules.statistics(of: rule.id).map { (rule.id, $0) }
            })
    }

    /// The moment that rules go by, which is not later than `now`.
    package func moment(now: Timestamp) -> Timestamp {
        min(now, clock.horizon(wall: now, lateness: .zero) ?? now)
    }

    /// The silence of this identifier.
    package func silence(_ id: String) -> Silence? { rules.silences[id] }

    /// The silences in order of their start.
    package var silences: [Silence] { rules.silences.silences }

    /// Why a person's act can't be done as things stand; nil if it can.
    package func obstacle(to act: IncidentAct) -> IncidentError? { incidents.tracker.obstacle(to: act) }

    /// Why a silence can't be made, changed or ended as things stand; nil if it can.
    package func obstacle(to change: SilenceChange, now: Timestamp) -> SilenceError? {
        var silences = rules.silences
        do throws(SilenceError) {
            try silences.apply(change, at: now)
            return nil
        } catch {
            return error
        }
    }

    /// What a silence with these matchers would do to the alerts that are pending or firing.
    package func preview(_ matchers: LabelMatchers) -> SilencePreview {
        SilencePreview(matchers, among: rules.activeAlerts)
    }

    /// The incident that goes by an identifier, as far as it is not forgotten.
    package func incident(_ id: String) -> Incident? { incidents.tracker.incident(id) }

    /// The services and what they depend on.
    package var services: ServiceGraph { incidents.graph }

    /// The series that have this metric name and all of these labels, in order of their labels.
    package nonisolated func series(named name: String?, with labels: [String: String] = [:]) -> [WatchedSeries] {
        detection.series(named: name, with: labels)
    }

    /// The groups of which the labels have these values, in order of their labels.
    package nonisolated func groups(with labels: [String: String]) -> [GroupStatus] { detection.groups(with: labels) }

    /// The series with labels such as these, in no particular order.
    nonisolated func series(where isWanted: (Labels) -> Bool) -> [WatchedSeries] {
        detection.series(where: isWanted)
    }
}

extension IncidentUpdate {
    /// What rules can know of it.
    fileprivate func fact(at time: Timestamp) -> Fact {
        switch self {
        case .changed(let incident): .incident(IncidentFact(incident, at: time))
        case .absorbed(let id, _): .incident(IncidentFact(absorbed: id, at: time))
        }
    }
}

extension MetricObservation {
    fileprivate var isAnomalous: Bool {
        switch self {
        case .reading(_, let reading, _), .group(_, let reading): reading.isAnomalous
        case .ended: false
        }
    }
}
