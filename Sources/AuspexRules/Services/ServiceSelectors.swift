import AuspexSignals

/// Finds declared services by the labels that belong to them. A look-up costs one step for each label of the set that is
/// asked for, and one for each service that shares its first label.
struct ServiceSelectors: Sendable {
    private var byFirstPair: [Labels.Pair: [ServiceDescription]] = [:]

    /// Adds a service; one without labels is not found here.
    mutating func add(_ service: ServiceDescription) {
        if let first = service.labels.pairs.first { byFirstPair[first, default: []].append(service) }
    }

    /// The service all of whose labels are in `labels`: of several the one with the most labels, then the first by name.
    func service(of labels: Labels) -> String? {
        guard !byFirstPair.isEmpty else { return nil }
        var best: ServiceDescription?
        for pair in labels.pairs {
            for service in byFirstPair[pair] ?? [] where Self.isPart(service.labels, of: labels) {
                guard let known = best else {
                    best = service
                    continue
                }
                let (count, most) = (service.labels.pairs.count, known.labels.pairs.count)
                if count > most || (count == most && service.name < known.name) { best = service }
            }
        }
        return best?.name
    }

    private static func isPart(_ part: Labels, of labels: Labels) -> Bool {
        part.pairs.allSatisfy { labels[$0.name] == $0.value }
    }
}
