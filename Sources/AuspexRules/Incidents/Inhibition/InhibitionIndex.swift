package import AuspexSignals

/// The firing alerts, arranged so that who inhibits whom under one rule is found without comparing all with all.
///
/// An answer is a function of the alerts that fire now, the graph and the time, and of nothing else: after a restart the
/// index is filled from the firing alerts. It keeps these laws:
/// - No alert inhibits itself, and one that has been resolved inhibits nobody.
/// - Two alerts that could each inhibit the other by the same labels inhibit neither, as in an Alertmanager. Along
///   dependencies that holds for two whose services depend on one another in a circle; elsewhere the order of the
///   services decides. So no chain of inhibitions leads back to where it began, and there is always an alert that is heard.
/// - An inhibited alert still inhibits others.
/// - An inhibition ends by itself after ``InhibitionRule/longest``. A source that begins to fire while another one does
///   not prolong it.
///
/// Memory: at most ``mostAlerts`` alerts. One beyond them neither inhibits nor is inhibited, so that it is heard.
package struct InhibitionIndex: Sendable {
    /// Firing alerts that the index takes; those beyond are counted in ``refusedAlerts``.
    package static let mostAlerts = 20_000

    /// The rule.
    package let rule: InhibitionRule
    /// Times that an alert was left out because there are too many.
    package private(set) var refusedAlerts: Int = 0

    private var graph: ServiceGraph
    private var circles: [String: String]
    private var entries: [String: Entry] = [:]
    private var byLabels: [[String]: InhibitionSources] = [:]
    private var byService: [String: InhibitionSources] = [:]
    /// The alerts that may be inhibited, by the labels that they must have in common with a source, and by service.
    private var targetsByLabels: [[String]: Set<String>] = [:]
    private var targetsByService: [String: Set<String>] = [:]

    /// A firing alert with what the rule says of it.
    private struct Entry: Sendable {
        var alert: Alert
        var firedAt: Timestamp
        var service: String?
        var isTarget: Bool
        var isLabelSource: Bool
        var isTopologySource: Bool

        var isTwoSided: Bool { isTarget && (isLabelSource || isTopologySource) }
        var source: InhibitionSources.Source { InhibitionSources.Source(firedAt: firedAt, id: alert.id) }
    }

    /// A source that may inhibit, with what decides between several.
    private struct Candidate {
        var source: InhibitionSources.Source
        var distance: Int
        /// The source's service; nil for a source by labels.
        var service: String?

        func precedes(_ other: Candidate) -> Bool {
            (source.firedAt, distance, source.id) < (other.source.firedAt, other.distance, other.source.id)
        }
    }

    /// Starts without alerts.
    package init(_ rule: InhibitionRule, graph: ServiceGraph) {
        self.rule = rule
        self.graph = graph
        circles = rule.topology == nil ? [:] : graph.circles
    }

    /// How many alerts fire.
    package var count: Int { entries.count }

    // MARK: Alerts and services

    /// Takes in how an alert stands now: one that fires is added, any other is taken away. Costs a few look-ups and the
    /// place among the sources with the same labels or service, and for a source that comes to be the first of these, or was
    /// it, the targets with these labels or within reach of the service.
    ///
    /// - Returns: The other alerts of which it may change what inhibits them, in order of their groups.
    @discardableResult
    package mutating func update(_ alert: Alert) -> [Alert] {
        var concerned = entries.removeValue(forKey: alert.id).map { remove($0) } ?? []
        if alert.state == .firing, entries.count < Self.mostAlerts {
            concerned.formUnion(
                add(
                    Entry(
                        alert: alert, firedAt: alert.firedAt ?? alert.startedAt, service: graph.serviceName(of: alert),
                        isTarget: rule.isTarget(alert), isLabelSource: rule.labels?.isSource(alert) ?? false,
                        isTopologySource: rule.topology?.isSource(alert) ?? false)))
        } else if alert.state == .firing {
            refusedAlerts += 1
        }
        concerned.remove(alert.id)
        return concerned.compactMap { entries[$0]?.alert }.sorted {
            ($0.group.description, $0.id) < ($1.group.description, $1.id)
        }
    }

    /// Puts another graph in place of the one there is. Linear in services, edges and alerts.
    package mutating func use(_ graph: ServiceGraph) {
        self.graph = graph
        circles = rule.topology == nil ? [:] : graph.circles
        let alerts = entries.values.map(\.alert)
        entries = [:]
        byLabels = [:]
        byService = [:]
        targetsByLabels = [:]
        targetsByService = [:]
        for alert in alerts { update(alert) }
    }

    private mutating func add(_ entry: Entry) -> Set<String> {
        entries[entry.alert.id] = entry
        if entry.isTarget {
            if rule.labels != nil { targetsByLabels[key(of: entry.alert), default: []].insert(entry.alert.id) }
            if let service = entry.service, rule.topology != nil {
                targetsByService[service, default: []].insert(entry.alert.id)
            }
        }
        return changeSources(of: entry) { $0.insert(entry.source, isTarget: entry.isTarget) }
    }

    private mutating func remove(_ entry: Entry) -> Set<String> {
        if entry.isTarget {
            Self.remove(entry.alert.id, from: &targetsByLabels[key(of: entry.alert)])
            if let service = entry.service { Self.remove(entry.alert.id, from: &targetsByService[service]) }
        }
        return changeSources(of: entry) { $0.remove(entry.source) }
    }

    private static func remove(_ id: String, from targets: inout Set<String>?) {
        targets?.remove(id)
        if targets?.isEmpty ?? false { targets = nil }
    }

    /// Changes the sources among which an alert is; the targets for which another one may count now. Of sources with the
    /// same labels or service only the first counts.
    private mutating func changeSources(
        of entry: Entry, _ change: (inout InhibitionSources) -> Void
    ) -> Set<String> {
        var targets: Set<String> = []
        if entry.isLabelSource {
            let key = key(of: entry.alert)
            if Self.change(&byLabels[key], change) { targets.formUnion(targetsByLabels[key] ?? []) }
        }
        if entry.isTopologySource, let service = entry.service, Self.change(&byService[service], change) {
            for reach in reaching(service) { targets.formUnion(targetsByService[reach.service] ?? []) }
        }
        return targets
    }

    /// Whether another one is the first after a change.
    private static func change(
        _ sources: inout InhibitionSources?, _ change: (inout InhibitionSources) -> Void
    ) -> Bool {
        var changed = sources.take() ?? InhibitionSources()
        let before = (changed.all.first, changed.oneSided.first)
        change(&changed)
        let isOther = before != (changed.all.first, changed.oneSided.first)
        if !changed.isEmpty { sources = changed }
        return isOther
    }

    /// The services from whose targets a source on `service` is within reach.
    private func reaching(_ service: String) -> [ServiceReach] {
        guard let topology = rule.topology else { return [] }
        let back: ServiceDirection = topology.direction == .upstream ? .downstream : .upstream
        return graph.reached(from: service, back, depth: topology.depth)
    }

    private func key(of alert: Alert) -> [String] { (rule.labels?.equal ?? []).map { alert.labels[$0] ?? "" } }

    // MARK: Answers

    /// What inhibits an alert at `now`; nil for nothing. Costs the edges within the rule's depth.
    package func inhibition(of id: String, now: Timestamp) -> Inhibition? {
        guard let entry = entries[id] else { return nil }
        return inhibition(of: entry, now: now) { reached(from: $0) }
    }

    /// Everything that is inhibited at `now`, in order of the targets' identifiers. Costs, for each service with a target,
    /// the edges within the rule's depth.
    package func inhibitions(now: Timestamp) -> [Inhibition] {
        var walks: [String: [ServiceReach]] = [:]
        return entries.values.filter(\.isTarget).sorted { $0.alert.id < $1.alert.id }.compactMap { entry in
            inhibition(of: entry, now: now) { service in
                if let known = walks[service] { return known }
                let walk = reached(from: service)
                walks[service] = walk
                return walk
            }
        }
    }

    private func reached(from service: String) -> [ServiceReach] {
        guard let topology = rule.topology else { return [] }
        return graph.reached(from: service, topology.direction, depth: topology.depth)
    }

    private func inhibition(
        of target: Entry, now: Timestamp, walk: (String) -> [ServiceReach]
    ) -> Inhibition? {
        guard target.isTarget else { return nil }
        var best: Candidate?
        func consider(_ candidate: Candidate) {
            if best.map({ candidate.precedes($0) }) ?? true { best = candidate }
        }
        if rule.labels != nil,
            let source = byLabels[key(of: target.alert)]?.first(oneSidedOnly: target.isTwoSided)
        {
            consider(Candidate(source: source, distance: 0))
        }
        if let service = target.service, !byService.isEmpty {
            for reach in walk(service) {
                guard let sources = byService[reach.service] else { continue }
                let isCircle = circles[service].map { $0 == circles[reach.service] } ?? false
                guard let source = sources.first(oneSidedOnly: target.isTwoSided && isCircle) else { continue }
                consider(Candidate(source: source, distance: reach.distance, service: reach.service))
            }
        }
        return best.flatMap { inhibition(of: target, by: $0, now: now) }
    }

    private func inhibition(of target: Entry, by candidate: Candidate, now: Timestamp) -> Inhibition? {
        let since = max(target.firedAt, candidate.source.firedAt)
        let until = since + rule.longest
        guard now < until, let source = entries[candidate.source.id] else { return nil }
        return Inhibition(
            target: target.alert.id, source: source.alert.id, sourceTitle: source.alert.title,
            cause: cause(target, candidate.service), since: since, until: until)
    }

    private func cause(_ target: Entry, _ service: String?) -> Inhibition.Cause {
        guard let topology = rule.topology, let from = target.service, let to = service else {
            return .labels(target.alert.labels.projected(onto: rule.labels?.equal ?? []))
        }
        switch topology.direction {
        case .upstream: return .topology(.upstream, path: graph.path(from: from, to: to) ?? [])
        case .downstream: return .topology(.downstream, path: graph.path(from: to, to: from)?.reversed() ?? [])
        }
    }
}
