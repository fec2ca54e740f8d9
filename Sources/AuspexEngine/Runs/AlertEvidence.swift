import AuspexRules
import AuspexRunbooks
import AuspexSignals

/// What shows that the alerts of a rule are over. That none is open does not: its labels may be mistyped, or nobody looks at
/// what it is about any more.
struct AlertEvidence {
    let rule: Rule
    let detection: DetectionStage
    /// Nil before the engine is whole.
    let pipeline: Pipeline?
    let alerts: any AlertStore
    let now: Timestamp
    /// Alerts that have ended since then are looked at for how they did.
    let since: Timestamp

    /// What is seen of what the rule looks at.
    private enum Sight {
        /// It is seen, up to this moment.
        case seen(upTo: Timestamp)
        /// There is such a thing, and it says nothing any more.
        case silent
        /// There is nothing with these labels.
        case none
    }

    /// How the alerts with these labels stand: the worst of those that are open, and otherwise clear only where that is seen.
    func reading(of labels: [String: String]) async throws -> Observation.AlertReading {
        if let objection = rule.objection(toAlertLabels: labels) { return unknown(objection) }
        let open = try await found(
            AlertFilter(states: [.pending, .firing], rule: rule.id, limit: .max), with: labels)
        guard open.isEmpty else {
            let isFiring = open.contains { $0.state == .firing }
            return Observation.AlertReading(state: isFiring ? .firing : .pending, evaluatedAt: nil)
        }
        // What the rule gives its alerts is nothing that what it looks at has.
        let sought = labels.filter { rule.labels[$0.key] == nil }
        switch await sight(of: sought) {
        case .silent: return unknown("what the rule looks at sends nothing any more, which is no recovery")
        case .seen(let time): return try await clear(upTo: time, labels, sought)
        case .none: break
        }
        guard let last = try await lastAlert(with: labels) else {
            return unknown("nothing that the rule looks at, and no alert that it ever had, has these labels")
        }
        guard last.note.isEmpty else { return unknown("the last one ended for no reason of its own: \(last.note)") }
        guard let newest = await newestOfKind() else { return unknown("nothing has come that the rule looks at") }
        return try await clear(upTo: newest, labels, sought)
    }

    private func unknown(_ reason: String) -> Observation.AlertReading {
        Observation.AlertReading(state: .unknown, evaluatedAt: nil, reason: reason)
    }

    private func clear(
        upTo time: Timestamp, _ labels: [String: String], _ sought: [String: String]
    ) async throws -> Observation.AlertReading {
        let endings = try await endings(with: labels)
        guard !endings.isEmpty else { return Observation.AlertReading(state: .clear, evaluatedAt: time) }
        let heard = await lastHeard(Set(endings.keys), sought: sought)
        var seen = time
        if rule.groupsBySubject, rule.sources == [.metric] || rule.sources == [.health] {
            // What is over by its condition must go on to be seen: that others are shows nothing of it.
            for (group, ending) in endings where ending.note.isEmpty {
                guard let last = heard[group] else {
                    return unknown(
                        "\(rule.id)\(group) is over, and nothing is heard of it any more, which is no recovery")
                }
                seen = min(seen, last)
            }
        }
        let unheard = endings.filter { group, ending in
            !ending.note.isEmpty && heard[group].map { $0 <= ending.at } ?? true
        }
        return Observation.AlertReading(
            state: .clear, evaluatedAt: seen,
            unheard: unheard.map { Observation.AlertReading.Unheard(labels: $0.key, at: $0.value.at) }
                .sorted { ($0.at, $0.labels.description) < ($1.at, $1.labels.description) })
    }

    // MARK: Alerts

    private func found(_ filter: AlertFilter, with labels: [String: String]) async throws -> [Alert] {
        try await alerts.alerts(matching: filter).filter { alert in
            labels.allSatisfy { (alert.labels[$0.key] ?? "") == $0.value }
        }
    }

    /// The alert that began last of those that are over; nil when there was none.
    private func lastAlert(with labels: [String: String]) async throws -> Alert? {
        let matchers = labels.compactMap { try? LabelMatcher($0.key, .equal, $0.value) }
        let filter = AlertFilter(
            states: [.resolved], rule: rule.id, matchers: try? LabelMatchers(matchers), limit: 1)
        return try await found(filter, with: labels).first
    }

    /// How the last alert of each group ended that has ended since then; without a note by its condition.
    private func endings(with labels: [String: String]) async throws -> [Labels: (note: String, at: Timestamp)] {
        let filter = AlertFilter(states: [.resolved], rule: rule.id, resolvedSince: since, limit: .max)
        var last: [Labels: (note: String, at: Timestamp)] = [:]
        for alert in try await found(filter, with: labels) {
            guard let end = alert.resolvedAt, last[alert.group].map({ $0.at < end }) ?? true else { continue }
            last[alert.group] = (alert.note, end)
        }
        return last
    }

    /// When something that the rule looks at was last heard of each of these groups; those that are silent are left out.
    private func lastHeard(_ groups: Set<Labels>, sought: [String: String]) async -> [Labels: Timestamp] {
        var heard: [Labels: Timestamp] = [:]
        func note(_ group: Labels, _ time: Timestamp, if isOfRule: () -> Bool = { true }) {
            guard groups.contains(group), heard[group].map({ $0 < time }) ?? true, isOfRule() else { return }
            heard[group] = time
        }
        for sighting in sightings(of: sought) where sighting.isLive {
            note(rule.group(ofSeries: sighting.labels), sighting.time) { rule.looks(at: sighting.labels) }
        }
        if rule.sources == [.health], let health = await pipeline?.health {
            for fact in health.all { note(rule.group(of: fact), fact.time) }
        }
        return heard
    }

    // MARK: What the rule looks at

    private func sightings(of labels: [String: String]) -> [SeriesSighting] {
        rule.sources.contains(.metric) ? detection.sightings(named: rule.seriesNames, with: labels) : []
    }

    /// Of a rule that looks at series and at something else, it is the series that go on.
    private func sight(of labels: [String: String]) async -> Sight {
        guard !rule.sources.contains(.metric) else {
            let all = sightings(of: labels).sorted { $0.time > $1.time }
            if let live = all.first(where: { $0.isLive && rule.looks(at: $0.labels) }) { return .seen(upTo: live.time) }
            return all.contains { rule.looks(at: $0.labels) } ? .silent : .none
        }
        guard labels.isEmpty || looksAtLogs else { return .none }
        if looksAtLogs {
            let newest = await pipeline?.newestRecord { place in
                labels.allSatisfy { (place[$0.key] ?? "") == $0.value }
            }
            return newest.map { .seen(upTo: $0) } ?? .none
        }
        // Of another system nothing is known before it has sent an alert.
        return rule.sources.contains(.alert) ? .none : await newestOfKind().map { .seen(upTo: $0) } ?? .none
    }

    private var looksAtLogs: Bool { !rule.sources.isDisjoint(with: [.log, .logAnomaly]) }

    /// When something of the kind that the rule looks at was last seen, whatever its labels are; nil when nothing was.
    private func newestOfKind() async -> Timestamp? {
        if rule.sources.contains(.metric) || looksAtLogs {
            guard case .seen(let time) = await sight(of: [:]) else { return nil }
            return time
        }
        // What another system has said holds until it says something else.
        if rule.sources.contains(.alert) { return now }
        return rule.sources.contains(.health) ? await pipeline?.health.newest : await pipeline?.clock.newest
    }
}
