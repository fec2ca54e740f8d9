import AuspexSignals

/// How an incident takes in alerts and notes what happens to it.
extension Incident {
    /// The place of a listed alert; nil if it isn't listed.
    func place(of id: String, firedAt: Timestamp) -> Int? {
        let place = place(for: firedAt, id)
        return place < alerts.count && alerts[place].id == id ? place : nil
    }

    private func place(for firedAt: Timestamp, _ id: String) -> Int {
        var (low, high) = (0, alerts.count)
        while low < high {
            let middle = low + (high - low) / 2
            if (alerts[middle].firedAt, alerts[middle].id) < (firedAt, id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Lists an alert.
    mutating func list(_ alert: IncidentAlert) {
        alerts.insert(alert, at: place(for: alert.firedAt, alert.id))
    }

    /// Notes what an alert says of the whole incident, whether it is listed or folded; `agreed` are those of its labels on
    /// which the alerts have to agree.
    mutating func absorb(_ alert: IncidentAlert, agreed: Labels, limits: IncidentLimits) {
        startedAt = min(startedAt, alert.firedAt)
        lastAlertAt = max(lastAlertAt, alert.firedAt)
        if alert.severity.rank > severity.rank { severity = alert.severity }
        for pair in agreed.pairs where labels[pair.name] == nil {
            labels = labels.setting(pair.name, to: pair.value)
        }
        add(service: alert.service, limits: limits)
        summary?.count(alert)
    }

    /// Adds a service unless there are too many.
    mutating func add(service: String, limits: IncidentLimits) {
        guard !service.isEmpty, services.count < limits.servicesPerIncident else { return }
        let place = place(forService: service)
        guard place == services.count || services[place] != service else { return }
        services.insert(service, at: place)
    }

    /// Whether a service is listed.
    func lists(service: String) -> Bool {
        let place = place(forService: service)
        return place < services.count && services[place] == service
    }

    private func place(forService service: String) -> Int {
        var (low, high) = (0, services.count)
        while low < high {
            let middle = low + (high - low) / 2
            if services[middle] < service { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Counts an alert that has begun to fire (1), is over (-1), or has come here when it was over (0).
    mutating func countFiring(_ change: Int, at time: Timestamp) {
        firingCount += change
        quietSince = firingCount > 0 ? nil : max(time, quietSince ?? time)
    }

    /// Whether labels don't contradict those on which the alerts agree.
    func agrees(with labels: Labels, on names: [String]) -> Bool {
        names.allSatisfy { name in
            guard let own = self.labels[name], let other = labels[name] else { return true }
            return own == other
        }
    }

    /// Adds to the history; returns how many entries had to go.
    mutating func note(
        _ kind: IncidentEntry.Kind, _ text: String, by act: IncidentAct? = nil, at time: Timestamp,
        limits: IncidentLimits
    ) -> Int {
        history.append(
            IncidentEntry(at: time, actor: act?.actor ?? "", kind: kind, text: text, act: act?.id ?? ""))
        return trimHistory(limits)
    }

    /// Drops entries over the limit: first the oldest that no person made, but never the first of all.
    mutating func trimHistory(_ limits: IncidentLimits) -> Int {
        var dropped = 0
        while history.count > max(2, limits.historyPerIncident) {
            let place = history.indices.dropFirst().first { history[$0].actor.isEmpty } ?? 1
            history.remove(at: place)
            dropped += 1
        }
        return dropped
    }
}

extension Incident {
    /// Takes over what another incident that becomes part of it says of itself; its alerts and services are seen to
    /// elsewhere.
    mutating func absorb(_ other: Incident) {
        let room = max(0, Self.mostAliases - aliases.count)
        aliases = (aliases + (other.aliases + [other.id]).prefix(room)).sorted()
        for entry in other.history {
            let place = history.lastIndex { $0.at <= entry.at }.map { $0 + 1 } ?? 0
            history.insert(entry, at: place)
        }
        startedAt = min(startedAt, other.startedAt)
        lastAlertAt = max(lastAlertAt, other.lastAlertAt)
        if other.severity.rank > severity.rank { severity = other.severity }
        labels = Labels(labels.dictionary.merging(other.labels.dictionary) { own, _ in own })
        firingCount += other.firingCount
        quietSince = firingCount > 0 ? nil : [quietSince, other.quietSince].compactMap(\.self).max()
        // Whoever has taken on a part of it has taken it on.
        guard state == .open, other.state == .acknowledged else { return }
        state = .acknowledged
        acknowledgedBy = other.acknowledgedBy
    }
}
