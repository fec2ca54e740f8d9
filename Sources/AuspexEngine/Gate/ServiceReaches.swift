import AuspexRules

/// What services depend on, and how many depend on them: walks through the graph, each done once for as long as the graph
/// is the same.
struct ServiceReaches: Sendable {
    /// The surroundings of a service.
    struct Reach: Sendable {
        /// What it depends on, directly or through others, the nearest first.
        var dependencies: [String]
        /// How many services depend on it; nil for one that is not in the graph.
        var dependents: Int?
    }

    /// Answers that are kept; all are given up when there are more.
    private static let most = 1_000

    private var version: UInt64 = 0
    private var reaches: [String: Reach] = [:]

    /// The surroundings of a service, by its canonical name.
    mutating func reach(of service: String, in graph: ServiceGraph) -> Reach {
        if graph.version != version || reaches.count >= Self.most {
            version = graph.version
            reaches = [:]
        }
        if let known = reaches[service] { return known }
        let isKnown = graph.service(service) != nil
        let reach = Reach(
            dependencies: graph.upstream(of: service).map(\.service),
            dependents: isKnown ? graph.blastRadius(of: service).count : nil)
        reaches[service] = reach
        return reach
    }
}
