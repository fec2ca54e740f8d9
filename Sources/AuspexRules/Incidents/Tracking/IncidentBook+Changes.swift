import AuspexSignals

/// Changes that incidents may come from.
extension IncidentBook {
    /// Services of one incident whose changes are looked for; more are only in storms.
    static let mostServicesSuspected = 200

    private var suspicion: ChangeSuspicion { ChangeSuspicion(lookback: settings.lookback) }

    /// A change was reported.
    mutating func report(_ change: Change, at time: Timestamp, _ scope: inout ServiceScope) {
        let service = scope.graph.canonicalName(change.service)
        guard changes.record(change, service: service) else { return }
        if changes.count > limits.changes {
            // A tenth at a time, so that not every change sorts them all.
            trimmedAt = time
            changes.forget(before: time - settings.lookback - settings.allowLate)
            statistics.droppedChanges += changes.trim(to: limits.changes - limits.changes / 10)
        }
        // The nearest service comes first, and is the one that counts.
        var nearest: [String: (service: String, distance: Int)] = [:]
        for reach in Self.affected(by: service, &scope) {
            for id in byService[reach.service] ?? [] where nearest[id] == nil {
                nearest[id] = (reach.service, reach.distance)
            }
        }
        for (id, place) in nearest.sorted(by: { $0.key < $1.key }) {
            guard let incident = incidents[id] else { continue }
            let suspect =
                isPossible(change, incident.labels)
                ? suspicion.suspect(
                    change, service: place.service, distance: place.distance, first: incident.startedAt)
                : nil
            let others = incident.suspects.filter { $0.change.id != change.id }
            if suspect != nil || others.count < incident.suspects.count {
                setSuspects(id, others + [suspect].compactMap(\.self))
            }
        }
    }

    /// A service and those that depend on it, the nearest first.
    private static func affected(by service: String, _ scope: inout ServiceScope) -> [ServiceReach] {
        [ServiceReach(service: service, distance: 0)] + scope.downstream(of: service)
    }

    /// Whether it makes no difference that a change comes after others of its moment or later: it is not known yet, no
    /// incident may come from it, and none had to be forgotten since for want of room.
    func canReportLate(_ change: Change, at time: Timestamp, _ scope: inout ServiceScope) -> Bool {
        guard !changes.contains(change.id), changes.count < limits.changes, trimmedAt.map({ $0 < time }) ?? true else {
            return false
        }
        let service = scope.graph.canonicalName(change.service)
        return Self.affected(by: service, &scope).allSatisfy { byService[$0.service] == nil }
    }

    /// The changes that an alert by itself may come from.
    func suspects(of alert: IncidentAlert, _ scope: inout ServiceScope) -> [SuspectedChange] {
        suspects(through: alert.service, first: alert.firedAt, alert.labels, &scope)
    }

    /// Looks for the changes that a service leads to, and weighs those that were known anew when an earlier alert has come.
    ///
    /// - Parameters:
    ///   - service: A service that is new in the incident; nil for none.
    ///   - start: When the incident had begun before the alert came.
    mutating func suspect(
        _ id: String, _ service: String?, hadStartedAt start: Timestamp, _ scope: inout ServiceScope
    ) {
        guard let incident = incidents[id], service != nil || incident.startedAt != start else { return }
        var known = incident.suspects
        if incident.startedAt != start { known = weighed(known, first: incident.startedAt) }
        if let service, incident.services.count <= Self.mostServicesSuspected {
            known += suspects(through: service, first: incident.startedAt, incident.labels, &scope)
        }
        setSuspects(id, known)
    }

    /// Suspects with their scores for an incident that began at another moment; those that are not suspected then are left
    /// out.
    func weighed(_ suspects: [SuspectedChange], first: Timestamp) -> [SuspectedChange] {
        suspects.compactMap {
            suspicion.suspect($0.change, service: $0.service, distance: $0.distance, first: first)
        }
    }

    /// Puts suspects in place of those there are: each change once, as it is suspected most, and no more than there may be.
    mutating func setSuspects(_ id: String, _ suspects: [SuspectedChange]) {
        guard let incident = incidents[id] else { return }
        var seen: Set<String> = []
        let ranked = suspects.sorted { $0.precedes($1) || (!$1.precedes($0) && $0.service < $1.service) }
            .filter { seen.insert($0.change.id).inserted }.prefix(limits.suspectsPerIncident)
        guard incident.suspects != Array(ranked) else { return }
        if incident.state != .resolved {
            for change in sharedChanges(of: incident) { Self.remove(id, from: &byChange[change]) }
        }
        edit(id) { $0.suspects = Array(ranked) }
        guard let changed = incidents[id], changed.state != .resolved else { return }
        for change in sharedChanges(of: changed) { byChange[change, default: []].insert(id) }
    }

    private func suspects(
        through service: String, first: Timestamp, _ labels: Labels, _ scope: inout ServiceScope
    ) -> [SuspectedChange] {
        guard !service.isEmpty, changes.count > 0 else { return [] }
        let reached = [ServiceReach(service: service, distance: 0)] + scope.upstream(of: service)
        return reached.flatMap { reach in
            changes.changes(of: reach.service).filter { isPossible($0, labels) }.compactMap {
                suspicion.suspect($0, service: service, distance: reach.distance, first: first)
            }
        }
    }

    /// Whether a change was made in the same environment, as far as both are known.
    private func isPossible(_ change: Change, _ labels: Labels) -> Bool {
        guard !change.environment.isEmpty, let environment = labels["environment"] else { return true }
        return change.environment == environment
    }
}
