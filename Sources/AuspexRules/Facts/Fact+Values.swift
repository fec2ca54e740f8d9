import AuspexExpressions
import AuspexSignals

extension Fact {
    /// The fact as expressions see it, with the fields of ``FactSchema``.
    ///
    /// The end of a series has neither value nor score: whatever an expression says without them it would say of every
    /// value.
    ///
    /// - Parameters:
    ///   - fields: The fields that will be read; others may be missing.
    ///   - count: How many there were, of a condition that counts.
    func value(_ fields: FactFields = .all, count: FactCount? = nil) -> CELValue {
        var members = members(fields)
        if let count { members[FactSchema.count.name] = .int(Int64(count.number)) }
        return .map(members)
    }

    private func members(_ fields: FactFields) -> [String: CELValue] {
        switch self {
        case .metric(let fact): fact.members(fields)
        case .log(let fact): fact.members
        case .logAnomaly(let fact): fact.members
        case .change(let change): change.members
        case .alert(let alert): alert.members
        case .health(let health): health.members
        case .incident(let incident): incident.members
        case .stale(let labels, let time):
            ["name": .string(labels.name), "labels": labels.value, "time": CELValue(time)]
        }
    }
}

extension Labels {
    /// The labels as a map of strings, without the metric's name.
    var value: CELValue {
        var members: [String: JSONValue] = [:]
        members.reserveCapacity(pairs.count)
        for pair in pairs where pair.name != Self.metricName { members[pair.name] = .string(pair.value) }
        return .map(CELMap(members))
    }
}

extension MetricFact {
    /// Only the fields that are read are made: this runs for every reading that a rule may concern.
    fileprivate func members(_ fields: FactFields) -> [String: CELValue] {
        var members: [String: CELValue] = [:]
        if fields.contains(.name) { members["name"] = .string(labels.name) }
        if fields.contains(.labels) { members["labels"] = labels.value }
        if fields.contains(.value) { members["value"] = .double(reading.value) }
        if fields.contains(.isReady) { members["ready"] = .bool(reading.readiness == .ready) }
        if fields.contains(.time) { members["time"] = CELValue(reading.time) }
        if !fields.isDisjoint(with: .expectation), let expectation = reading.expectation {
            members["expected"] = .double(expectation.value)
            members["lower"] = .double(expectation.lower)
            members["upper"] = .double(expectation.upper)
        }
        if reading.readiness == .ready {
            if fields.contains(.score) { members["score"] = .double(reading.rawScore) }
            if fields.contains(.anomalyScore) { members["anomaly_score"] = .double(reading.anomalyScore) }
            if fields.contains(.pValue) { members["p_value"] = .double(reading.pValue) }
            if fields.contains(.isAnomalous) { members["anomalous"] = .bool(reading.isAnomalous) }
        }
        if let forecasts { members[ForecastFunctions.member] = .map(forecasts.mapValues(\.value)) }
        return members
    }
}

extension LogFact {
    fileprivate var members: [String: CELValue] {
        [
            "body": .string(record.body), "severity": .string(record.severity), "template": .string(template),
            "template_id": .string(templateID), "is_new": .bool(isNew), "labels": record.attributes.value,
            "time": CELValue(record.time),
        ]
    }
}

extension LogAnomalyFact {
    fileprivate var members: [String: CELValue] {
        var members: [String: CELValue] = [
            "kind": .string(kind), "labels": labels.value, "template": .string(template),
            "template_id": .string(templateID), "subject": .string(subject), "severity": .string(severity),
            "observed": .double(observed), "p_value": .double(pValue), "anomaly_score": .double(anomalyScore),
            "explanation": .string(explanation), "time": CELValue(time),
        ]
        if let expected { members["expected"] = .double(expected) }
        return members
    }
}

extension Change {
    fileprivate var members: [String: CELValue] {
        var members: [String: CELValue] = [
            "id": .string(id), "kind": .string(kind.rawValue), "service": .string(service),
            "environment": .string(environment), "version": .string(version),
            "previous_version": .string(previousVersion), "author": .string(author), "title": .string(title),
            "outcome": .string(outcome.rawValue), "source": .string(source), "started_at": CELValue(startedAt),
            "time": CELValue(endedAt ?? startedAt),
        ]
        if let endedAt { members["ended_at"] = CELValue(endedAt) }
        if let commits { members["commits"] = .int(Int64(commits)) }
        if let committedAt { members["committed_at"] = CELValue(committedAt) }
        return members
    }
}

extension OutsideAlert {
    fileprivate var members: [String: CELValue] {
        [
            "name": .string(name), "labels": labels.value, "severity": .string(severity),
            "state": .string(state.rawValue), "time": CELValue(time),
        ]
    }
}

extension HealthFact {
    fileprivate var members: [String: CELValue] {
        [
            "check": .string(check), "status": .string(status.rawValue), "message": .string(message),
            "labels": labels.value, "time": CELValue(time),
        ]
    }
}

extension IncidentFact {
    fileprivate var members: [String: CELValue] {
        [
            "id": .string(id), "state": .string(state.rawValue), "severity": .string(severity.rawValue),
            "title": .string(title), "services": .list(services.map { .string($0) }),
            "alert_count": .int(Int64(alertCount)), "firing_count": .int(Int64(firingCount)),
            "is_storm": .bool(isStorm), "acknowledged_by": .string(acknowledgedBy), "started_at": CELValue(startedAt),
            "suspects": .list(suspects.map { .map($0.members) }), "labels": labels.value, "time": CELValue(time),
        ]
    }
}

extension IncidentFact.Suspect {
    fileprivate var members: [String: CELValue] {
        [
            "service": .string(service), "version": .string(version), "kind": .string(kind.rawValue),
            "id": .string(id), "score": .double(score), "evidence": .string(evidence),
        ]
    }
}
