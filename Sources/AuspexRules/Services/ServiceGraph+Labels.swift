package import AuspexSignals

/// What labels say of services.
extension ServiceGraph {
    /// The service that a label set belongs to: the declared one whose labels it has, else the one that its labels name,
    /// by its canonical name. It need not be in the graph. Nil if nothing names one.
    package func serviceName(of labels: Labels) -> String? {
        if let declared = selectors.service(of: labels) { return declared }
        for label in labelNames.services {
            if let name = name(labels[label]) { return canonicalName(name) }
        }
        return nil
    }

    /// Learns from the labels of a series, a record or an alert that was seen at `time`: the service that they name and the
    /// dependencies that they show. Seeing the same again costs a few look-ups, and seeing something old does not make it
    /// look older.
    package mutating func learn(_ labels: Labels, at time: Timestamp) {
        let provenance = ServiceProvenance(.learned, at: time)
        let own = serviceName(of: labels)
        if let own { add(ServiceDescription(name: own), provenance) }
        for pair in labelNames.edges {
            guard let dependency = name(labels[pair.dependency]),
                let service = pair.service.map({ name(labels[$0]) }) ?? own
            else { continue }
            add(ServiceLink(service, dependsOn: dependency), provenance)
        }
    }

    /// The value as a name, nil when it is missing or means nothing.
    private func name(_ value: String?) -> String? {
        guard let value, !labelNames.placeholders.contains(value.lowercased()) else { return nil }
        return value
    }
}

extension ServiceGraph {
    /// The service that an alert is about: the one that its labels name, else the one that the labels of what it rests on
    /// name; nil if nothing names one.
    package func serviceName(of alert: Alert) -> String? {
        serviceName(of: alert.labels) ?? serviceName(of: alert.evidence.series)
    }
}
