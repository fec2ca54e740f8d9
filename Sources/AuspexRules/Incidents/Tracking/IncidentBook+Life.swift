import AuspexSignals

/// How incidents end, go on, become one, and are forgotten.
extension IncidentBook {
    // MARK: Deadlines

    /// The next moment at which something happens by itself.
    var nextDeadline: Timestamp? {
        guard let until = storm.until else { return deadlines.next }
        return min(until, deadlines.next ?? until)
    }

    /// What happens at the next deadline.
    mutating func passDeadline(_ scope: inout ServiceScope) {
        if let until = storm.until, until <= deadlines.next ?? until {
            note(deadline: until)
            return endStorm(at: until)
        }
        guard let (time, id) = deadlines.popFirst() else { return }
        note(deadline: time)
        guard let id, let incident = incidents[id], let due = deadline(of: incident) else { return }
        if due > time {
            deadlines.schedule(id, at: due)
        } else if incident.state == .resolved {
            forget(id)
        } else {
            end(id, "all alerts have been resolved for \(settings.quiet)", at: time)
        }
    }

    private mutating func note(deadline time: Timestamp) {
        clock = max(clock ?? time, time)
        lastDeadline = max(lastDeadline ?? time, time)
    }

    /// When an incident is over, or forgotten, by itself; nil while one of its alerts fires.
    private func deadline(of incident: Incident) -> Timestamp? {
        guard incident.firingCount == 0, let quiet = incident.quietSince else { return nil }
        if let end = incident.resolvedAt { return max(end + settings.reopenWithin, quiet) }
        let due = quiet + settings.quiet
        guard incident.id == storm.incident, let until = storm.until else { return due }
        return max(due, until)
    }

    /// Sees to it that an incident's deadline is not missed.
    mutating func schedule(_ id: String) {
        if let due = incidents[id].flatMap({ deadline(of: $0) }) { deadlines.schedule(id, at: due) }
    }

    // MARK: The end

    /// Ends an incident.
    mutating func end(_ id: String, _ text: String, by act: IncidentAct? = nil, at time: Timestamp) {
        guard let incident = incidents[id], incident.state != .resolved else { return }
        unindex(incident)
        openCount -= 1
        edit(id) { incident in
            incident.state = .resolved
            incident.resolvedAt = time
        }
        note(id, .resolved, text, by: act, at: time)
        schedule(id)
        trimResolved()
    }

    /// Opens an incident that is over.
    mutating func reopen(_ id: String, _ text: String, by act: IncidentAct? = nil, at time: Timestamp) {
        guard incidents[id]?.state == .resolved else { return }
        edit(id) { incident in
            incident.state = .open
            incident.resolvedAt = nil
            incident.acknowledgedBy = ""
            // It stays open for a quiet time even if no alert fires.
            if incident.firingCount == 0 { incident.quietSince = time }
        }
        openCount += 1
        if let incident = incidents[id] { index(incident) }
        note(id, .reopened, text, by: act, at: time)
        schedule(id)
    }

    mutating func reopenIfOver(_ id: String, _ text: String, at time: Timestamp) {
        if incidents[id]?.state == .resolved { reopen(id, text, at: time) }
    }

    /// Forgets an incident.
    private mutating func forget(_ id: String) {
        guard let incident = incidents.removeValue(forKey: id) else { return }
        let hashes = incident.alerts.map(\.hash) + (folded.removeValue(forKey: id) ?? [])
        for hash in hashes where homes[hash]?.incident == id { homes[hash] = nil }
        for alert in incident.alerts where recurrences[alert.recurrence] == id {
            recurrences[alert.recurrence] = nil
        }
        for alias in incident.aliases where aliases[alias] == id { aliases[alias] = nil }
        // That it has ended may not have been told yet.
        if touched.contains(id) { forgotten[id] = incident }
    }

    /// Forgets those that have been over for longest when there are too many, a tenth at a time so that not every one sorts
    /// them all.
    private mutating func trimResolved() {
        let count = incidents.count - openCount
        guard count > limits.resolvedIncidents else { return }
        let over = incidents.values.filter { $0.state == .resolved }
            .sorted { ($0.resolvedAt ?? $0.startedAt, $0.id) < ($1.resolvedAt ?? $1.startedAt, $1.id) }
        for incident in over.prefix(count - limits.resolvedIncidents + limits.resolvedIncidents / 10) {
            forget(incident.id)
            statistics.droppedIncidents += 1
        }
    }

    // MARK: Becoming one

    /// Makes an incident part of another one if nothing that an alert says keeps them apart.
    mutating func mergeIfPossible(
        _ other: String, into id: String, connectedBy alert: IncidentAlert, at time: Timestamp
    ) {
        guard let incident = incidents[id], let otherIncident = incidents[other],
            incident.agrees(with: otherIncident.labels, on: settings.agree)
        else { return }
        reopenIfOver(other, "'\(alert.title)' came back", at: time)
        merge(other, into: id, "connected by '\(alert.title)'", at: time)
    }

    /// Makes `other` part of `id`: its alerts, suspects and history go over, and its identifier becomes an alias.
    mutating func merge(
        _ other: String, into id: String, _ reason: String, by act: IncidentAct? = nil, at time: Timestamp
    ) {
        guard other != id, incidents[id] != nil, let source = incidents.removeValue(forKey: other) else { return }
        if source.state != .resolved {
            unindex(source)
            openCount -= 1
        }
        moveAlerts(of: source, to: id)
        let limits = limits
        var dropped = 0
        edit(id) { incident in
            incident.absorb(source)
            for service in source.services { incident.add(service: service, limits: limits) }
            dropped = incident.trimHistory(limits)
        }
        statistics.droppedEntries += dropped
        for alias in source.aliases + [other] {
            aliases[alias] = incidents[id]?.aliases.contains(alias) ?? false ? id : nil
        }
        note(id, .merged, "'\(source.title)' (\(other)) became part of it: \(reason)", by: act, at: time)
        indexPart(source, as: id)
        if let (suspects, start) = incidents[id].map({ ($0.suspects + source.suspects, $0.startedAt) }) {
            setSuspects(id, weighed(suspects, first: start))
        }
        touched.insert(other)
        schedule(id)
    }

    /// Makes an incident findable by what another one that became part of it was found by, its changes left out.
    private mutating func indexPart(_ part: Incident, as id: String) {
        for service in part.services where incidents[id]?.lists(service: service) ?? false {
            byService[service, default: []].insert(id)
        }
        for alert in part.alerts where homes[alert.hash]?.isFolded == false {
            if let key = labelKey(of: alert) { byLabels[key, default: []].insert(id) }
        }
    }

    /// Lists the alerts of an incident in another, or folds those for which there is no room.
    private mutating func moveAlerts(of source: Incident, to id: String) {
        let room = max(0, limits.alertsPerIncident - (incidents[id]?.alerts.count ?? 0))
        let listed = source.alerts.prefix(room)
        edit(id) { incident in
            for alert in listed { incident.list(alert) }
            for alert in source.alerts { incident.summary?.count(alert) }
            incident.foldedCount += source.alertCount - listed.count
        }
        for alert in source.alerts {
            homes[alert.hash]?.incident = id
            if recurrences[alert.recurrence] == source.id { recurrences[alert.recurrence] = id }
        }
        for alert in source.alerts.dropFirst(room) {
            homes[alert.hash] = AlertHome(
                incident: id, time: alert.resolvedAt ?? alert.lastFiredAt, isFolded: true,
                isFiring: alert.resolvedAt == nil)
            folded[id, default: []].append(alert.hash)
            statistics.foldedAlerts += 1
        }
        for hash in folded.removeValue(forKey: source.id) ?? [] {
            homes[hash]?.incident = id
            folded[id, default: []].append(hash)
        }
    }
}
