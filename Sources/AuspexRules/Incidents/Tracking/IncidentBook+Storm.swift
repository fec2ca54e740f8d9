import AuspexSignals

/// Storms: when there are too many new alerts to put each in its place.
extension IncidentBook {
    /// Notes that an alert that was in no incident before has fired; a storm may begin or go on.
    mutating func noteNew(_ alert: IncidentAlert, at time: Timestamp) {
        let wasOn = storm.isOn
        storm.note(alert.service, at: time)
        if !wasOn, storm.isOn { storm.incident = nil }
        if storm.isOn { hadStorm = true }
    }

    /// Puts an alert into the incident of the storm, and opens that first if need be; false if there are too many incidents.
    mutating func joinStorm(_ alert: IncidentAlert, at time: Timestamp, _ scope: inout ServiceScope) -> Bool {
        if let id = storm.incident, let incident = incidents[id], incident.state != .resolved {
            join(alert, id, "joined because of a storm of alerts", at: time, &scope)
            return true
        }
        guard openCount < limits.openIncidents, let id = openIncident(for: alert, at: time) else { return false }
        edit(id) { incident in
            incident.isStorm = true
            incident.summary = AlertSummary()
            // A storm is about everything; nothing in it has to agree.
            incident.labels = Labels()
        }
        let bounds = settings.storm
        note(
            id, .storm,
            "a storm began: more than \(bounds.alertsPerMinute) new alerts or \(bounds.services) services in a minute",
            at: time)
        storm.incident = id
        join(alert, id, "the first alert of the storm", at: time, &scope)
        return true
    }

    /// Ends the storm.
    mutating func endStorm(at time: Timestamp) {
        storm.end()
        guard let id = storm.incident, incidents[id] != nil else { return }
        let bounds = settings.storm
        note(id, .storm, "the storm is over: quiet for \(bounds.coolDown)", at: time)
        schedule(id)
    }
}
