package import AuspexChanges
import AuspexDetection
package import AuspexRules
package import AuspexSignals

/// Who carries on with what the rules decide: keeps alerts and incidents, starts runs. Called again with the same events
/// after a restart, so it must tell repetitions apart by their identifiers.
package protocol RuleEventSink: Sendable {
    /// Takes events in order. When this returns they are kept.
    func take(_ events: [RuleEvent]) async throws

    /// Takes what has become of incidents, in order. When this returns it is kept.
    func take(_ updates: [IncidentUpdate]) async throws
}

/// Works messages in, one after another: detectors, then rules, then incidents, then the sink. What it knows can be saved
/// together with the position in the bus up to which it is true, so that after a crash the same messages lead to the same
/// state and the same events.
///
/// One task calls ``process(_:at:now:)``, ``tick(now:isCaughtUp:)`` and ``checkpoint(now:)``; anyone may ask questions
/// meanwhile.
package actor Pipeline {
    /// How long after its time an event is waited for before silence counts.
    private static let lateness = TimeSpan.seconds(10)
    /// How often all series are asked whether they are overdue.
    private static let silenceEvery = TimeSpan.seconds(1)

    let detection: DetectionStage
    var logs: LogStage
    var rules: RuleEngine
    var incidents: IncidentStage
    var watches: WatchStage
    /// What rules have asked for since the incidents were last settled.
    var requests: [RunRequest] = []
    var servicesAskedAt: Timestamp?
    var outside = OutsideAlerts()
    var outsideRefused = 0
    var isOutsideChanged = false
    /// When the engine began to work again, until all that came before has been worked in; nil then.
    var resumesAt: Timestamp?
    var clock = EventClock()
    /// When what is checked was last checked.
    private(set) var health = HealthSightings()
    let sink: any RuleEventSink
    let metrics: EngineMetrics
    var ruleErrors = 0
    private var silenceAskedAt: Timestamp?
    /// The alerts that are pending or firing, for the gate.
    var openAlerts = AlertIndex()
    /// Who depends on whom, for the gate.
    var reaches = ServiceReaches()
    /// How the instances of services are, for the guards of runs.
    var fleet = FleetBook()
    /// Since when they are counted; nil while nobody needs it.
    var fleetSince: Timestamp?

    /// The position in the bus up to which messages have been worked in.
    package internal(set) var position: Int64 = 0

    /// A pipeline that has seen nothing.
    package init(
        detection: DetectionStage, logs: LogStage, rules: RuleSet, incidents: IncidentSettings = IncidentSettings(),
        watches: WatchSettings = WatchSettings(), sink: any RuleEventSink, metrics: EngineMetrics
    ) {
        self.detection = detection
        self.logs = logs
        self.rules = RuleEngine(rules)
        self.incidents = IncidentStage(incidents, services: rules.services)
        self.watches = WatchStage(watches, goesBySeason: detection.expectsBySeason)
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
                for fact in logs.facts(record, now: now) {
                    if case .log(let log) = fact { watches.take(log, incidents.graph) }
                    events += handle(fact, now: now)
                }
            }
        case .change(let change):
            detection.open(change)
            incidents.take(change)
            events += handle(.change(change), now: now)
            events += watch(change, now: now)
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
                health.take(fact)
                events += handle(.health(fact), now: now)
            }
        }
        if let newest = clock.newest { detection.forgetWindows(at: newest) }
        events += advanceWatches(now: now)
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
    ///   - settles: Whether incidents follow at once; otherwise at a later call, or with a checkpoint.
    /// - Returns: whether that decided anything.
    @discardableResult
    package func tick(now: Timestamp, isCaughtUp: Bool = true, settles: Bool = true) async throws -> Bool {
        guard let horizon = clock.horizon(wall: now, lateness: Self.lateness) else { return false }
        let silent = takeSilent(horizon: horizon, now: now)
        // Their ends are no events that came: the clock does not follow them.
        var events = silent.map { fact($0) }.flatMap { fact in
            noteFleet(fact)
            return rules.handle(fact, now: now)
        }
        // Windows of logs end as well, and so does a stream that says nothing any more.
        events += logs.advance(now: now).flatMap { rules.handle($0, now: now) }
        // And alerts of other systems that are not sent again.
        if isCaughtUp {
            resumeOutside()
            let over = outside.advance(to: now)
            if !over.isEmpty { isOutsideChanged = true }
            events += over.flatMap { handle($0, now: now) }
        }
        events += advanceSilentWatches(now: now)
        events += rules.advance(to: horizon)
        if !silent.isEmpty { countRuleErrors() }
        try await take(events)
        learnServices(now: now)
        let isSettled = settles ? try await settle(now: now) : false
        return !events.isEmpty || !silent.isEmpty || isSettled
    }

    func takeSilent(horizon: Timestamp, now: Timestamp) -> [MetricObservation] {
        if let asked = silenceAskedAt, now >= asked, now - asked < Self.silenceEvery { return [] }
        silenceAskedAt = now
        let silent = detection.takeSilent(horizon: horizon, now: now)
        metrics.add(silent.count, to: .seriesSilent)
        return silent
    }

    func handle(_ fact: Fact, now: Timestamp) -> [RuleEvent] {
        clock.observe(fact.time, wall: now)
        noteFleet(fact)
        return rules.handle(fact, now: now)
    }

    /// What facts of groups name as their detector.
    private static let groupDetector = "group"

    func fact(_ observation: MetricObservation) -> Fact {
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

    func countRuleErrors() {
        let errors = totalRuleErrors
        metrics.add(errors - ruleErrors, to: .ruleErrors)
        ruleErrors = errors
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
