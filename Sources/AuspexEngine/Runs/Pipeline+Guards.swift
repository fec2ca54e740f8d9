import AuspexRules
import AuspexRunbooks
import AuspexSignals

/// What guards of runs are told.
extension Pipeline {
    /// How things stand for a run of `plan`.
    ///
    /// - Parameters:
    ///   - id: The alert that is the reason; nil for none.
    ///   - stored: That alert and those of the other runs, as far as the store has them.
    ///   - others: The other runs that are at work.
    func world(
        for plan: Plan, alert id: String?, among stored: [String: Alert], beside others: [RunRecord], now: Timestamp
    ) -> GuardWorld {
        let moment = moment(now: now)
        let alert = id.flatMap { openAlerts[$0] ?? stored[$0] }
        var world = GuardWorld(isStorm: incidents.hadStorm || incidents.tracker.isStorm)
        if let id { world.alert = standing(ofAlert: id, stored[id]) }
        if let alert {
            let effect = rules.ruleSet.windows.effect(at: moment, labels: alert.matchedLabels)
            world.windows = effect.freezes + effect.maintenance
            world.labels = alert.evidence.series.dictionary.merging(alert.labels.dictionary) { _, own in own }
        }
        let graph = incidents.graph
        let own = graph.services(of: plan, alert)
        world.related = others.compactMap { other in
            let theirs = graph.services(of: other.plan, other.alertID.flatMap { openAlerts[$0] ?? stored[$0] })
            return graph.relation(own, theirs).map {
                GuardWorld.Relation(run: other.id, service: $0.own, other: $0.other)
            }
        }
        for limit in plan.fleets {
            world.fleets[limit.name] = count(limit, instance: alert.flatMap(Self.instance), at: moment, now: now)
        }
        return world
    }

    /// An alert that only the store has as open is one that rules know nothing of any more.
    private func standing(ofAlert id: String, _ stored: Alert?) -> GuardWorld.AlertStanding {
        if let open = openAlerts[id] { return open.state == .firing ? .firing : .over }
        return stored?.state == .resolved ? .over : .unknown
    }

    private static func instance(of alert: Alert) -> String? {
        alert.labels["instance"] ?? alert.evidence.series["instance"]
    }

    // MARK: - Fleets

    /// The series by which instances say that they are there.
    private static let upName = "up"

    /// How the instances of a fleet are; nil when that is not known.
    private func count(_ limit: FleetLimit, instance: String?, at moment: Timestamp, now: Timestamp) -> FleetCount? {
        guard let service = limit.service else { return count(selected: limit.selector, instance, now: now) }
        // After a start the instances are heard of one by one; until all had the time to report, their number is unknown.
        guard let since = fleetSince, now >= since, now - since >= FleetBook.freshFor else { return nil }
        let name = incidents.graph.canonicalName(service)
        let census = fleet.census(of: name, at: moment)
        guard census.total > 0 else { return nil }
        let isDown = instance.map { fleet.standing(of: $0, in: name, at: moment) == .unhealthy } ?? false
        return FleetCount(
            healthy: census.healthy, others: census.total - census.healthy, isTargetDown: isDown,
            unwell: fleet.unwell(in: name, at: moment).map { .init($0.instance, saidAt: $0.saidAt) })
    }

    /// The count by the series `up` that have these labels. Series that ended lately are instances of which nothing is known.
    private func count(selected labels: [String: String], _ instance: String?, now: Timestamp) -> FleetCount? {
        var healthy: [String: Bool] = [:]
        var troubles: [String: Timestamp] = [:]
        for series in detection.series(named: Self.upName, with: labels) {
            guard let latest = series.latest, now - latest.time < FleetBook.keptFor else { continue }
            let name = series.labels["instance"] ?? series.labels.description
            let isFresh = !series.hasEnded && now - latest.time < FleetBook.freshFor
            let isWell = isFresh && latest.value == 1
            healthy[name] = (healthy[name] ?? true) && isWell
            if !isWell { troubles[name] = max(troubles[name] ?? latest.time, latest.time) }
        }
        guard !healthy.isEmpty else { return nil }
        let count = healthy.values.count { $0 }
        return FleetCount(
            healthy: count, others: healthy.count - count, isTargetDown: instance.map { healthy[$0] == false } ?? false,
            unwell: troubles.sorted { $0.key < $1.key }.map { .init($0.key, saidAt: $0.value) })
    }

    /// Begins or ends counting the instances of services, which only runbooks with a fleet of a service need.
    func countFleets(_ isWanted: Bool, now: Timestamp) {
        guard isWanted != (fleetSince != nil) else { return }
        fleet = FleetBook()
        fleetSince = isWanted ? now : nil
    }

    /// Takes in what a fact says of an instance.
    func noteFleet(_ fact: Fact) {
        guard fleetSince != nil else { return }
        fleet.note(fact, incidents.graph)
    }

    // MARK: - Services

    /// Those of `alerts` that are about the service, by whichever of its names.
    func alerts(of service: String, among alerts: [Alert]) -> [Alert] {
        let graph = incidents.graph
        let name = graph.canonicalName(service)
        return alerts.filter { graph.serviceName(of: $0) == name }
    }

    /// Who depends on whom, and what is whose, as of now.
    var serviceGraph: ServiceGraph { incidents.graph }

    // MARK: - Logs

    /// The time of the newest log record of the streams that are in such a place; nil when there is none.
    func newestRecord(where fits: @Sendable (Labels) -> Bool) -> Timestamp? { logs.newestRecord(where: fits) }

    // MARK: - Changes

    /// The change that the incident of an alert most probably comes from; nil when none is suspected.
    func suspectedChange(ofAlert id: String) -> String? {
        incidents.tracker.incident(ofAlert: id)?.suspects.first?.change.id
    }
}

extension ServiceGraph {
    /// The services that a plan names or that its alert is about, by their canonical names, in order.
    fileprivate func services(of plan: Plan, _ alert: Alert?) -> [String] {
        var names = Set(plan.targetWords.filter { service($0) != nil }.map(canonicalName))
        if let name = alert.flatMap({ serviceName(of: $0) }) { names.insert(name) }
        return names.sorted()
    }

    /// The first pair of services of which one depends on the other; nil for none.
    fileprivate func relation(_ own: [String], _ others: [String]) -> (own: String, other: String)? {
        for name in own {
            for other in others where name != other && (depends(name, on: other) || depends(other, on: name)) {
                return (name, other)
            }
        }
        return nil
    }
}
