import AuspexSignals

/// What people do to incidents.
extension IncidentBook {
    /// Why an act can't be done now; nil if it can.
    func obstacle(to act: IncidentAct) -> IncidentError? {
        guard let id = resolve(act.incident), let incident = incidents[id] else {
            return .unknownIncident(act.incident)
        }
        switch act.kind {
        case .acknowledge:
            guard incident.state != .open else { return nil }
            let holder = incident.acknowledgedBy
            let isOver = incident.state == .resolved
            return .notPossible(isOver ? "it is over; reopen it first" : "\(holder) has acknowledged it already")
        case .comment:
            return nil
        case .resolve:
            return incident.state == .resolved ? .notPossible("it is over already") : nil
        case .reopen:
            return incident.state == .resolved ? nil : .notPossible("it is not over")
        case .merge(let other):
            return obstacle(toMerging: incident, with: other)
        case .move(let alert, let target):
            return obstacle(toMoving: alert, from: incident, to: target)
        }
    }

    private func obstacle(toMerging incident: Incident, with other: String) -> IncidentError? {
        guard let otherID = resolve(other), let otherIncident = incidents[otherID] else {
            return .unknownIncident(other)
        }
        if otherID == incident.id { return .notPossible("'\(other)' is the same incident") }
        let areOpen = incident.state != .resolved && otherIncident.state != .resolved
        return areOpen ? nil : .notPossible("an incident that is over can't be merged; reopen it first")
    }

    private func obstacle(toMoving alert: String, from incident: Incident, to target: String?) -> IncidentError? {
        guard let home = homes[IncidentAlert.hash(of: alert)], home.incident == incident.id, !home.isFolded else {
            return .unknownAlert(alert, incident: incident.id)
        }
        guard let target else {
            if incident.alertCount == 1 { return .notPossible("it is the only alert already") }
            return openCount < limits.openIncidents ? nil : .notPossible("there are too many incidents")
        }
        guard let targetID = resolve(target), let other = incidents[targetID] else { return .unknownIncident(target) }
        if targetID == incident.id { return .notPossible("the alert is there already") }
        if other.state == .resolved { return .notPossible("the incident is over; reopen it first") }
        let isFull = other.alerts.count >= limits.alertsPerIncident
        return isFull ? .notPossible("the incident lists too many alerts already") : nil
    }

    /// Does what a person wants. The same act again, or one that has become impossible, does nothing.
    mutating func perform(_ act: IncidentAct, at time: Timestamp, _ scope: inout ServiceScope) {
        guard let id = resolve(act.incident), let incident = incidents[id] else {
            statistics.voidActs += 1
            return
        }
        if incident.history.contains(where: { $0.act == act.id }) { return }
        guard obstacle(to: act) == nil else {
            statistics.voidActs += 1
            return
        }
        switch act.kind {
        case .acknowledge:
            edit(id) { incident in
                incident.state = .acknowledged
                incident.acknowledgedBy = act.actor
            }
            note(id, .acknowledged, "acknowledged", by: act, at: time)
        case .comment(let text): note(id, .commented, text, by: act, at: time)
        case .resolve: end(id, "resolved", by: act, at: time)
        case .reopen: reopen(id, "reopened", by: act, at: time)
        case .merge(let other): merge(incident, with: other, act, at: time)
        case .move(let alert, let target): move(alert, from: incident, to: target, act, at: time, &scope)
        }
    }

    private mutating func merge(_ incident: Incident, with other: String, _ act: IncidentAct, at time: Timestamp) {
        guard let otherIncident = resolve(other).flatMap({ incidents[$0] }) else { return }
        let (older, younger) = incident.precedes(otherIncident) ? (incident, otherIncident) : (otherIncident, incident)
        merge(younger.id, into: older.id, "merged", by: act, at: time)
    }

    private mutating func move(
        _ alertID: String, from incident: Incident, to target: String?, _ act: IncidentAct, at time: Timestamp,
        _ scope: inout ServiceScope
    ) {
        guard let home = homes[IncidentAlert.hash(of: alertID)],
            let place = incident.place(of: alertID, firedAt: home.time)
        else { return }
        let alert = incident.alerts[place]
        guard let targetID = target.flatMap({ resolve($0) }) ?? openIncident(for: alert, at: time, by: act) else {
            return
        }
        takeOut(alert, at: place, of: incident.id, at: time)
        join(alert, targetID, "moved here by \(act.actor)", at: time, &scope)
        if target != nil { note(targetID, .moved, "'\(alert.title)' was moved here", by: act, at: time) }
        if incidents[incident.id]?.alertCount == 0 {
            merge(incident.id, into: targetID, "its last alert was moved", by: act, at: time)
        } else {
            note(incident.id, .moved, "'\(alert.title)' was moved to \(targetID)", by: act, at: time)
        }
    }

    /// Takes an alert out of an incident, with all that the incident has from it alone.
    private mutating func takeOut(_ alert: IncidentAlert, at place: Int, of id: String, at time: Timestamp) {
        guard let incident = incidents[id] else { return }
        if incident.state != .resolved { unindex(incident) }
        edit(id) { incident in
            incident.alerts.remove(at: place)
            if alert.resolvedAt == nil { incident.countFiring(-1, at: time) }
            // What is folded isn't known, so its services and severity stay.
            guard incident.foldedCount == 0, let first = incident.alerts.first else { return }
            incident.services = Set(incident.alerts.map(\.service)).subtracting([""]).sorted()
            incident.severity = incident.alerts.map(\.severity).max { $0.rank < $1.rank } ?? incident.severity
            incident.startedAt = first.firedAt
            incident.lastAlertAt = incident.alerts.map(\.lastFiredAt).max() ?? incident.lastAlertAt
        }
        guard let rest = incidents[id] else { return }
        if rest.state != .resolved { index(rest) }
        let suspects = rest.suspects.filter { rest.services.contains($0.service) }
        setSuspects(id, weighed(suspects, first: rest.startedAt))
        schedule(id)
    }
}
