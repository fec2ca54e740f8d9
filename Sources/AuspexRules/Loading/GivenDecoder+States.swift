import AuspexDocuments
import AuspexSignals

/// What stands like something until it is said to stand otherwise: checked parts and incidents.
extension GivenDecoder {
    /// `{at: 1m, check: http, status: unhealthy, message: …, labels: {service: shop, instance: a}}`.
    func health(_ reader: MappingReader) -> Fact? {
        var reader = reader
        let time = time(&reader)
        let check = reader.optionalString("check") ?? ""
        let status = reader.choice("status", of: HealthFact.Status.self)
        let message = reader.optionalString("message") ?? ""
        let labels = reader.labels("labels")
        reader.finish()
        guard let time, let status else { return nil }
        return .health(HealthFact(labels: labels, check: check, status: status, message: message, time: time))
    }

    /// `{at: 1m, id: a, severity: critical, services: [shop], …}`; it began at `started_at`, or then.
    func incident(_ reader: MappingReader) -> Fact? {
        var reader = reader
        let time = time(&reader)
        let id = reader.string("id")
        let startedAt = reader.optionalDuration("started_at").map { Self.start + $0 }
        let alertCount = count("alert_count", &reader) ?? 1
        let state = reader.optionalChoice("state", of: Incident.State.self) ?? .open
        let firingCount = count("firing_count", &reader) ?? (state == .resolved ? 0 : alertCount)
        let fact = IncidentFact(
            id: id ?? "", state: state, severity: reader.optionalChoice("severity", of: Severity.self) ?? .warning,
            title: reader.optionalString("title") ?? "", services: reader.optionalStrings("services") ?? [],
            alertCount: alertCount, firingCount: firingCount, isStorm: reader.optionalBool("is_storm") ?? false,
            acknowledgedBy: reader.optionalString("acknowledged_by") ?? "",
            startedAt: startedAt ?? time ?? Self.start,
            suspects: (reader.optionalMappings("suspects", named: "a suspect") ?? []).compactMap { suspect($0) },
            labels: reader.labels("labels"), time: time ?? Self.start)
        reader.finish()
        return id == nil || time == nil ? nil : .incident(fact)
    }

    private func suspect(_ reader: MappingReader) -> IncidentFact.Suspect? {
        var reader = reader
        let service = reader.string("service")
        let id = reader.string("id")
        let version = reader.optionalString("version") ?? ""
        let kind = reader.optionalChoice("kind", of: Change.Kind.self) ?? .deploy
        let score = reader.optionalDouble("score", in: 0...1) ?? 0
        let evidence = reader.optionalString("evidence") ?? ""
        reader.finish()
        guard let service, let id else { return nil }
        return IncidentFact.Suspect(
            service: service, version: version, kind: kind, id: id, score: score, evidence: evidence)
    }

    private func count(_ key: String, _ reader: inout MappingReader) -> Int? {
        reader.optionalInt(key, in: 0...Self.mostAlerts).map { Int($0) }
    }

    /// More alerts than an incident of a test needs.
    private static let mostAlerts: Int64 = 1_000_000
}
