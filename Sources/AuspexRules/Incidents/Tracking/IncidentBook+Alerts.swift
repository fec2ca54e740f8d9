import AuspexSignals

/// Alerts that fire and end.
extension IncidentBook {
    /// An alert fired.
    mutating func fire(_ alert: IncidentAlert, at time: Timestamp, _ scope: inout ServiceScope) {
        if let home = homes[alert.hash] {
            guard hasEnded(alert, home) else { return }
            guard let incident = incidents[home.incident], canTake(incident, alert) else {
                // What it was in has been over for too long.
                homes[alert.hash] = nil
                return place(alert, at: time, &scope)
            }
            return fireAgain(alert, home, at: time)
        }
        place(alert, at: time, &scope)
    }

    /// Whether an alert that is known was over before this report of it, which is then not the same report again.
    private func hasEnded(_ alert: IncidentAlert, _ home: AlertHome) -> Bool {
        if home.isFolded { return !home.isFiring && alert.firedAt > home.time }
        guard let end = listed(alert.id, home)?.resolvedAt else { return false }
        return alert.firedAt > end
    }

    /// Whether a step says nothing that has not been taken in.
    func isRepeated(_ step: IncidentStep) -> Bool {
        switch step {
        case .changed(let change): return !changes.isNews(change)
        case .act(let act):
            let incident = resolve(act.incident).flatMap { incidents[$0] }
            return incident?.history.contains { $0.act == act.id } ?? false
        case .fired(let alert):
            guard let home = homes[alert.hash] else { return false }
            return !hasEnded(alert, home)
        case .resolved(let alert, let end):
            guard let home = homes[alert.hash] else { return false }
            if home.isFolded { return !home.isFiring || end < home.time }
            guard let known = listed(alert.id, home) else { return false }
            return known.resolvedAt != nil || end < known.lastFiredAt
        }
    }

    private func listed(_ id: String, _ home: AlertHome) -> IncidentAlert? {
        guard let incident = incidents[home.incident] else { return nil }
        return incident.place(of: id, firedAt: home.time).map { incident.alerts[$0] }
    }

    /// Whether an alert that comes back belongs to the incident in which it was.
    func canTake(_ incident: Incident, _ alert: IncidentAlert) -> Bool {
        incident.resolvedAt.map { alert.firedAt - $0 <= settings.reopenWithin } ?? true
    }

    private mutating func fireAgain(_ alert: IncidentAlert, _ home: AlertHome, at time: Timestamp) {
        reopenIfOver(home.incident, "'\(alert.title)' came back", at: time)
        if home.isFolded {
            homes[alert.hash] = AlertHome(incident: home.incident, time: alert.firedAt, isFolded: true, isFiring: true)
        }
        edit(home.incident) { incident in
            if let place = incident.place(of: alert.id, firedAt: home.time) {
                incident.alerts[place].resolvedAt = nil
                incident.alerts[place].lastFiredAt = alert.firedAt
            }
            incident.lastAlertAt = max(incident.lastAlertAt, alert.firedAt)
            incident.countFiring(1, at: time)
        }
        recurrences[alert.recurrence] = home.incident
    }

    /// An alert is over.
    mutating func end(_ alert: IncidentAlert, resolvedAt end: Timestamp, at time: Timestamp) {
        guard var home = homes[alert.hash] else { return }
        if home.isFolded {
            guard home.isFiring, end >= home.time else { return }
            home.isFiring = false
            home.time = end
            homes[alert.hash] = home
        } else {
            guard let known = listed(alert.id, home), known.resolvedAt == nil, end >= known.lastFiredAt else { return }
        }
        edit(home.incident) { incident in
            if let place = incident.place(of: alert.id, firedAt: home.time), !home.isFolded {
                incident.alerts[place].resolvedAt = end
            }
            incident.countFiring(-1, at: time)
        }
        schedule(home.incident)
    }

    // MARK: Finding a place

    /// Puts an alert that is in no incident into one.
    private mutating func place(_ alert: IncidentAlert, at time: Timestamp, _ scope: inout ServiceScope) {
        guard homes.count < limits.alerts else {
            statistics.refusedAlerts += 1
            return
        }
        let previous = previousIncident(of: alert)
        let isReturning = previous != nil
        if !isReturning, time - alert.firedAt < StormGauge.minute { noteNew(alert, at: time) }
        if storm.isOn, !isReturning, joinStorm(alert, at: time, &scope) { return }
        // What comes back to a storm says nothing of how that and other incidents hang together.
        let isLoose = storm.isOn || previous?.isStorm ?? false
        let all = returning(alert) + (isLoose ? [] : connections(of: alert, &scope))
        guard let oldest = all.min(by: { precedes($0, $1) }) else {
            return open(alert, at: time, &scope)
        }
        reopenIfOver(oldest.id, "'\(alert.title)' came back", at: time)
        join(alert, oldest.id, oldest.reason, at: time, &scope)
        for other in Set(all.map(\.id)).subtracting([oldest.id]).sorted() {
            mergeIfPossible(other, into: oldest.id, connectedBy: alert, at: time)
        }
    }

    private func precedes(_ one: Connection, _ other: Connection) -> Bool {
        guard let incident = incidents[one.id], let otherIncident = incidents[other.id] else { return false }
        if one.id != other.id { return incident.precedes(otherIncident) }
        return (one.strength, one.reason) < (other.strength, other.reason)
    }

    /// Opens an incident for an alert.
    private mutating func open(_ alert: IncidentAlert, at time: Timestamp, _ scope: inout ServiceScope) {
        guard let id = openIncident(for: alert, at: time) else { return }
        join(alert, id, "the first alert", at: time, &scope)
    }

    /// An incident without alerts, for `alert`; nil if there are too many.
    mutating func openIncident(for alert: IncidentAlert, at time: Timestamp, by act: IncidentAct? = nil) -> String? {
        guard openCount < limits.openIncidents else {
            statistics.refusedAlerts += 1
            return nil
        }
        var hash = alert.hash
        while incidents[Incident.id(of: hash)] != nil || aliases[Incident.id(of: hash)] != nil {
            hash = IncidentAlert.hash(of: Incident.id(of: hash))
        }
        let id = Incident.id(of: hash)
        incidents[id] = Incident(id: id, first: alert, agreeing: alert.labels.projected(onto: settings.agree))
        openCount += 1
        note(id, .opened, "'\(alert.title)' fired", by: act, at: time)
        return id
    }

    /// Puts an alert into an incident.
    mutating func join(
        _ alert: IncidentAlert, _ id: String, _ reason: String, at time: Timestamp, _ scope: inout ServiceScope
    ) {
        let limits = limits
        // Only what is needed of the incident is kept, so that its lists are not copied when they change.
        guard
            let (isFolded, severity, start, isKnown) = incidents[id].map({ incident in
                (
                    incident.alerts.count >= limits.alertsPerIncident, incident.severity, incident.startedAt,
                    incident.lists(service: alert.service)
                )
            })
        else { return }
        var alert = alert
        alert.reason = reason
        let agreed = alert.labels.projected(onto: settings.agree)
        edit(id) { incident in
            incident.absorb(alert, agreed: agreed, limits: limits)
            if isFolded { incident.foldedCount += 1 } else { incident.list(alert) }
            incident.countFiring(alert.resolvedAt == nil ? 1 : 0, at: time)
        }
        homes[alert.hash] = AlertHome(
            incident: id, time: alert.firedAt, isFolded: isFolded, isFiring: isFolded && alert.resolvedAt == nil)
        if isFolded {
            folded[id, default: []].append(alert.hash)
            statistics.foldedAlerts += 1
        }
        recurrences[alert.recurrence] = id
        let isNewService = !isKnown && incidents[id]?.lists(service: alert.service) ?? false
        if isNewService { byService[alert.service, default: []].insert(id) }
        if !isFolded, let key = labelKey(of: alert) { byLabels[key, default: []].insert(id) }
        if alert.severity.rank > severity.rank {
            note(id, .escalated, "'\(alert.title)' is \(alert.severity.rawValue)", at: time)
        }
        suspect(id, isNewService ? alert.service : nil, hadStartedAt: start, &scope)
        if alert.resolvedAt != nil { schedule(id) }
    }
}
