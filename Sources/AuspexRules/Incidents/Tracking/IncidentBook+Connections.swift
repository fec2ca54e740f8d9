import AuspexSignals

/// What an alert has in common with incidents.
extension IncidentBook {
    /// Why an alert could be part of an incident.
    struct Connection {
        var id: String
        /// Smaller is closer; decides which of several reasons is told.
        var strength: Int
        var reason: String
    }

    /// The incident in which an alert of the same rule and group was before, if it can still take it.
    func previousIncident(of alert: IncidentAlert) -> Incident? {
        guard let id = recurrences[alert.recurrence].flatMap({ resolve($0) }), let incident = incidents[id],
            canTake(incident, alert), agrees(incident, alert)
        else { return nil }
        return incident
    }

    func returning(_ alert: IncidentAlert) -> [Connection] {
        previousIncident(of: alert).map {
            [Connection(id: $0.id, strength: 0, reason: "joined because the same alert was in it before")]
        } ?? []
    }

    /// The incidents within the window that have something in common with an alert. Costs the services that it is connected
    /// with, the suspected changes of those that it depends on, and the incidents of each.
    func connections(of alert: IncidentAlert, _ scope: inout ServiceScope) -> [Connection] {
        // The strongest reasons are added first, so that the first one for an incident is the one that counts.
        var found: [String: Connection?] = [:]
        func add(_ ids: Set<String>?, _ strength: Int, _ reason: @autoclosure () -> String) {
            for id in ids ?? [] where found[id] == nil {
                let isFound = incidents[id].map { isNear($0, alert) } ?? false
                found[id] = .some(
                    isFound ? Connection(id: id, strength: strength, reason: "joined because \(reason())") : nil)
            }
        }
        if !alert.service.isEmpty {
            let service = alert.service
            add(byService[service], 1, "it is about \(service) as well")
            let (upstream, downstream) = (scope.upstream(of: service), scope.downstream(of: service))
            let farthest = max(upstream.last?.distance ?? 0, downstream.last?.distance ?? 0)
            for distance in stride(from: 1, through: farthest, by: 1) {
                let steps = ChangeSuspicion.steps(distance)
                for reach in upstream where reach.distance == distance {
                    add(byService[reach.service], 1 + distance, "\(service) depends on \(reach.service), \(steps)")
                }
                for reach in downstream where reach.distance == distance {
                    add(byService[reach.service], 1 + distance, "\(reach.service) depends on \(service), \(steps)")
                }
            }
        }
        for suspect in suspects(of: alert, &scope) where suspect.score >= settings.sharedSuspicion {
            let name = ChangeSuspicion.name(of: suspect.change)
            add(byChange[suspect.change.id], Int.max - 1, "both may come from the \(name)")
        }
        if let key = labelKey(of: alert) {
            let values = zip(settings.together, key).map { "\($0)=\($1)" }.joined(separator: ", ")
            add(byLabels[key], Int.max, "\(values) is the same")
        }
        return found.values.compactMap(\.self)
    }

    /// Whether an incident can take an alert that has something in common with it.
    private func isNear(_ incident: Incident, _ alert: IncidentAlert) -> Bool {
        !incident.isStorm && incident.state != .resolved && agrees(incident, alert)
            && alert.firedAt - incident.lastAlertAt <= settings.window
            && incident.startedAt - alert.firedAt <= settings.window
    }

    private func agrees(_ incident: Incident, _ alert: IncidentAlert) -> Bool {
        incident.agrees(with: alert.labels, on: settings.agree)
    }
}
